import { sql } from "kysely";
import { expect, test } from "vitest";
import { mostMessages } from "../../../src/campaign/volume.ts";
import { applyCampaign, compileFrom } from "../../../src/operate/campaign/apply.ts";
import { launch } from "../../../src/operate/run/launch.ts";
import { planCampaign } from "../../../src/operate/campaign/plan.ts";
import { showPlan } from "../../../src/operate/campaign/plan-show.ts";
import { setClock } from "../../../src/store/clock.ts";
import { testSchema } from "../../support/schema.ts";

const { db } = await testSchema();
const LAUNCH = new Date("2026-04-01T02:00:00Z");
const BEFORE = new Date("2025-09-01T02:00:00Z");

/** Customers who are all in the segment: 0–9 can be written to, 10–12 never said yes, 13–14 have no address, 15 said no. */
async function base() {
  await setClock(db, LAUNCH, 0);
  await sql`
    insert into customers (customer_id, created_at) select 'C' || lpad(i::text, 3, '0'), ${BEFORE} from generate_series(0, 15) i`.execute(
    db,
  );
  await sql`
    insert into orders (order_id, customer, paid_at, amount, currency, source)
    select 'O' || id, id, ${BEFORE}, 6000000 + id, 'CNY', 'test' from customers`.execute(db);
  await sql`
    insert into contacts (customer, kind, value, created_at)
    select id, 'email', customer_id || '@customers.example', ${BEFORE} from customers where customer_id not in ('C013', 'C014')`.execute(
    db,
  );
  await sql`
    insert into consents (customer, channel, granted, source, at)
    select id, 'email', customer_id <> 'C015', 'test', ${BEFORE} from customers
    where customer_id not in ('C010', 'C011', 'C012')`.execute(db);
}

test("a plan says whom, why not, when, what and at what cost; a launch then does just that", async () => {
  await base();
  const { program } = await compileFrom("rules", "winback-30");
  const plan = await planCampaign(db, program, ["email"]);
  expect(plan.audience).toEqual({
    segment: "mid-value-dormant",
    list: null,
    members: 16,
    excluded: 0,
    enteredBefore: 0,
    elsewhere: 0,
    beyondLimit: 0,
    enrolled: 16,
    treatment: 15,
    holdout: 1,
    reachable: 10,
    unreachable: [
      { reason: "no-consent:email", customers: 3 },
      { reason: "no-address:email", customers: 2 },
      { reason: "refused:email", customers: 1 },
    ],
  });
  expect(plan.phases).toEqual([
    { id: "warm-up", from: "2026-04-01", to: "2026-04-15", days: 15 },
    { id: "execution", from: "2026-04-16", to: "2026-06-15", days: 61 },
    { id: "review", from: "2026-06-16", to: "2026-06-30", days: 15 },
  ]);
  expect(plan.rows.find((row) => row.id === "design")).toMatchObject({
    from: "2026-04-06",
    to: "2026-04-10",
    gate: true,
    owner: "design",
  });
  expect(plan.messages.find((message) => message.step === "days/reminder")).toMatchObject({
    times: 30,
    kind: "promotion",
  });
  expect(plan.mostMessages).toBe(1 + 1 + 60 + 1 + 1 + 1);
  expect(plan.gifts).toEqual([{ gift: "mug", line: "gifts", unitCost: 2000, stock: 50, perCustomer: 4, most: 50 }]);
  expect(plan.budget).toMatchObject({ planned: 650_000, ceiling: 650_000 });
  expect(plan.program).toBe((await applyCampaign(db, "rules", "winback-30", "me")).program);

  const launched = await launch(db, { campaign: "winback-30", reach: "inbox", confirmed: true, acceptStale: true });
  expect(launched).toMatchObject({ treatment: plan.audience.treatment, holdout: plan.audience.holdout });
  const phases = await sql`
    select id, to_char(date '1970-01-01' + start_day, 'YYYY-MM-DD') as from, days from run_phases order by phase`.execute(
    db,
  );
  expect(phases.rows).toEqual(plan.phases.map(({ id, from, days }) => ({ id, from, days })));

  const again = await planCampaign(db, program, ["email"]);
  expect(again.audience).toMatchObject({ members: 16, enteredBefore: 16, enrolled: 0, treatment: 0 });
});

test("a plan for another day counts who would be in the segment then", async () => {
  const { program } = await compileFrom("rules", "winback-30");
  const plan = await planCampaign(db, program, ["email"], new Date("2026-01-01T02:00:00Z"));
  expect(plan.audience.members).toBe(0);
  expect(plan.phases[0]).toMatchObject({ from: "2026-01-01" });
});

test("a plan reads in both languages", async () => {
  const { program } = await compileFrom("rules", "winback-30");
  const plan = await planCampaign(db, program, ["email"], LAUNCH);
  expect(showPlan(plan, "en")).toMatch(/No customer gets more than 65 messages/);
  expect(showPlan(plan, "zh-CN")).toMatch(/一位客户至多收到 65 条消息/);
});

test("most messages are those of the longest way, not of all ways together", async () => {
  const { program } = await compileFrom("rules", "winback-30");
  const { code, steps } = program;
  // the branch's offer and last call are on one way, so a program without them has two less
  const short = code.instructions.map((each) =>
    each.do === "op" && each.step === "enough" ? { ...each, on: {} } : each,
  );
  expect(mostMessages({ code: { ...code, instructions: short }, steps })).toBe(63);
});
