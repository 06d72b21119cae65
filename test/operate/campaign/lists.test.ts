import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import iconv from "iconv-lite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applyDefinition, compilePosted } from "../../../src/operate/campaign/apply.ts";
import { launch } from "../../../src/operate/run/launch.ts";
import { readLibrary } from "../../../src/operate/rules/library.ts";
import { planCampaign } from "../../../src/operate/campaign/plan.ts";
import { showPlan } from "../../../src/operate/campaign/plan-show.ts";
import { tryCampaign } from "../../../src/operate/campaign/try.ts";
import { setClock } from "../../../src/store/clock.ts";
import { testSchema } from "../../support/schema.ts";

const { db } = await testSchema();
const LAUNCH = new Date("2026-04-01T02:00:00Z");
const BEFORE = new Date("2025-09-01T02:00:00Z");
let rules: string;

beforeAll(async () => {
  rules = join(await mkdtemp(join(tmpdir(), "rules ")), "rules");
  await cp("rules", rules, { recursive: true });
  await mkdir(join(rules, "lists"), { recursive: true });
  const file = (name: string, content: string | Buffer) => writeFile(join(rules, "lists", name), content);
  await file("vip.csv", "姓名,客户编号,备注\n张三,C1,\n李四,C2,老客户\n王五,C9,\n,C1,重复\n");
  await file("opening.txt", "# whom sales met at the opening\nC2\n\n C3 \n");
  await file("excel.csv", iconv.encode("会员号;姓名\r\nC3;赵六\r\n", "gb18030"));
  await file("empty.csv", "customer_id\n");
  await setClock(db, LAUNCH, 0);
  await sql`
    insert into customers (customer_id, created_at) select 'C' || n, ${BEFORE} from generate_series(1, 5) n`.execute(
    db,
  );
  await sql`
    insert into orders (order_id, customer, paid_at, amount, currency, source)
    select 'O' || id, id, ${BEFORE}, 6000000, 'CNY', 'test' from customers where customer_id <> 'C1'`.execute(db);
});
afterAll(() => rm(join(rules, ".."), { recursive: true }));

const campaign = (audience: object) => ({
  id: "named",
  name: { en: "Named", "zh-CN": "点名" },
  audience,
  journey: [{ id: "hi", send: { channel: "email", template: "invite" } }],
});

async function audienceOf(audience: object): Promise<string[]> {
  const { program } = await compilePosted(rules, campaign(audience), "named");
  await applyDefinition(db, rules, "named", campaign(audience), "me");
  const plan = await planCampaign(db, program, ["email"]);
  const { run } = await launch(db, { campaign: "named", reach: "inbox", confirmed: true, acceptStale: true });
  const { rows } = await sql<{ id: string }>`
    select c.customer_id as id from enrolments e join customers c on c.id = e.customer where e.run = ${run} order by 1`.execute(
    db,
  );
  expect(plan.audience.enrolled).toBe(rows.length);
  await sql`delete from cohorts`.execute(db);
  await sql`delete from enrolments`.execute(db);
  return rows.map((row) => row.id);
}

test("a list alone is who takes part; beside a segment, who is in both", async () => {
  expect(await audienceOf({ list: "vip" })).toEqual(["C1", "C2"]);
  expect(await audienceOf({ list: "vip", segment: "mid-value-dormant" })).toEqual(["C2"]);
  expect(await audienceOf({ list: "excel" })).toEqual(["C3"]);
});

test("who is on an excluded list, or in an excluded segment, is left out", async () => {
  expect(await audienceOf({ segment: "mid-value-dormant", exclude: [{ list: "opening" }] })).toEqual(["C4", "C5"]);
  expect(await audienceOf({ list: "vip", exclude: [{ segment: "mid-value-dormant" }, { list: "excel" }] })).toEqual([
    "C1",
  ]);
  const { program } = await compilePosted(
    rules,
    campaign({ segment: "mid-value-dormant", exclude: [{ list: "opening" }] }),
  );
  expect((await planCampaign(db, program, ["email"])).audience).toMatchObject({ members: 4, excluded: 2, enrolled: 2 });
});

test("a trial says of who is excluded that they would not take part", async () => {
  const { program } = await compilePosted(rules, campaign({ list: "vip", exclude: [{ list: "opening" }] }));
  const tried = (customer: string) => tryCampaign(db, program, { customer, behaviour: "quiet", channels: ["email"] });
  expect((await tried("C1")).inAudience).toBe(true);
  expect((await tried("C2")).inAudience).toBe(false);
});

test("customer_ids that nobody has are told by plan and apply", async () => {
  const { program, library } = await compilePosted(rules, campaign({ list: "vip" }));
  const plan = await planCampaign(db, program, ["email"], undefined, library.lists);
  expect(plan.lists).toEqual([{ list: "vip", customers: 3, unknown: 1, examples: ["C9"] }]);
  expect(showPlan(plan, "en")).toContain('1 of 3 on list "vip" are no customer_ids that are known: C9');
  expect(showPlan(plan, "zh-CN")).toContain('名单 "vip" 的 3 个编号中有 1 个不存在：C9');
  const { warnings } = await applyDefinition(db, rules, "named", campaign({ list: "vip" }), "me");
  expect(warnings).toMatchObject([{ severity: "warning", file: expect.stringMatching(/vip\.csv$/) }]);
});

test("an empty list, an unknown one, and nobody at all are refused", async () => {
  const { faults } = await readLibrary(rules);
  expect(faults.map((fault) => `${fault.file?.split("/").pop()} ${fault.message.en}`)).toEqual([
    "empty.csv nobody is on the list",
  ]);
  const wrong = (audience: object) =>
    compilePosted(rules, campaign(audience)).catch((failure: Error) => failure.message);
  expect(await wrong({ list: "vipp" })).toContain('/audience/list unknown list "vipp"');
  expect(await wrong({ list: "empty" })).toContain('/audience/list list "empty" has faults of its own');
  expect(await wrong({ limit: 3 })).toContain('/audience says nobody: "segment" or "list" is missing');
});
