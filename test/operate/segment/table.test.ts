import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import fc from "../../support/property.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fold } from "../../../src/cli/segment/fold.ts";
import { onTerminal } from "../../../src/cli/segment/table-text.ts";
import type { Library } from "../../../src/campaign/library.ts";
import type { Scoring } from "../../../src/campaign/scoring.ts";
import { openTable } from "../../../src/operate/import/table/open.ts";
import { readLibrary } from "../../../src/operate/rules/library.ts";
import { scoreBase } from "../../../src/operate/score/score.ts";
import { readScoring } from "../../../src/operate/score/scoring.ts";
import { cellsOf, type Columns, headOf } from "../../../src/operate/segment/columns.ts";
import { figuresOf, type PlanningRow, segmentTable } from "../../../src/operate/segment/table.ts";
import { type Cell, writeTable } from "../../../src/operate/table-file.ts";
import { setClock } from "../../../src/store/clock.ts";
import { upsertContacts } from "../../../src/store/contact.ts";
import { type Database, transaction } from "../../../src/store/database.ts";
import { enrol, program } from "../../intake/world.ts";
import { testSchema } from "../../support/schema.ts";
import { copyOfRules } from "../support/rules.ts";

const now = new Date("2026-04-01T02:00:00Z");
let db: Database;
let library: Library;
let scoring: Scoring;
let folder: string;

/** Amounts in major units, days ago. */
const ORDERS: [customer: string, days: number, amount: number][] = [
  ["C001", 1_090, 100_000],
  ["C001", 20, 150_000.5],
  ["C002", 360, 40_000],
  ["C002", 95, 40_000],
  ["C003", 10, 30_000],
  ["C004", 400, 20_000],
  ["C005", 200, 500],
];

beforeAll(async () => {
  ({ db } = await testSchema());
  await setClock(db, now, 0);
  folder = await mkdtemp(join(tmpdir(), "planning table "));
  ({ library } = await readLibrary("rules"));
  const rule = { op: ">", type: "boolean" } as const;
  const spent = { op: "var", ...library.catalogue.variable("orders.sum")! } as never;
  const definition = { id: "buyers", name: { en: "Buyers", "zh-CN": "买家" }, why: { en: "", "zh-CN": "" }, rule: {} };
  library.segments["buyers"] = {
    file: "",
    definition,
    rule: { ...rule, args: [spent, { op: "literal", type: "money", value: 0 }] },
  };
  ({ scoring } = await readScoring("rules", library));
  const { members, run } = await enrol(
    db,
    program({}),
    ORDERS.map(([customer]) => customer).filter((name, i, all) => all.indexOf(name) === i),
  );
  for (const [i, [customer, days, amount]] of ORDERS.entries()) {
    await sql`
      insert into orders (order_id, customer, paid_at, amount, currency, source)
      select ${`o${i}`}, id, ${new Date(now.getTime() - days * 86_400_000)}, ${Math.round(amount * 100)}, 'CNY', 'test'
      from customers where customer_id = ${customer}`.execute(db);
  }
  const [c1, c2, c3] = members.map(({ customer, enrolment }) => ({ customer, enrolment }));
  await sql`update customers set owner = 'Zhao', traits = '{"core_need": "=1+1, \\"bulk\\" tea"}' where id = ${c1!.customer}`.execute(
    db,
  );
  await transaction(db, (tx) =>
    upsertContacts(tx, [{ customer: c1!.customer, kind: "name", role: "self", value: "李娜" }], now),
  );
  await sql`
    insert into events (id, source, event_id, customer_id, type, occurred_at, received_at) overriding system value
    values (1, 't', 'e', 'C002', 'survey.answered', ${now}, ${now})`.execute(db);
  for (const [who, answer, day] of [
    [c2, "cheaper shipping", 1],
    [c2, " ", 3],
    [c2, "faster shipping", 2],
    [c1, "never mind", 9],
  ] as const) {
    await sql`
      insert into survey_answers (enrolment, step, question, answer, event, at)
      values (${who!.enrolment}, ${`survey-${day}`}, 'why', ${answer}, 1, ${new Date(now.getTime() + day)})`.execute(
      db,
    );
  }
  for (const [id, who, status, note] of [
    ["a", c2, "done", "not asked"],
    ["b", c3, "done", "wants a trial"],
    ["c", c3, "closed", "stopped"],
  ] as const) {
    await sql`
      insert into tasks (id, run, kind, enrolment, customer, step, occurrence, title, team, status, note, created_at, done_at)
      values (${id}, ${run}, 'call', ${who!.enrolment}, ${who!.customer}, ${id}, 1, 't', 'sales', ${status}, ${note}, ${now}, ${now})`.execute(
      db,
    );
  }
  await scoreBase(db, { home: library.home, scoring });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const pages = (limit = 1_000, names = false) => segmentTable(db, library, scoring, "buyers", { limit, names });
async function rows(limit?: number, names?: boolean): Promise<PlanningRow[]> {
  const all: PlanningRow[] = [];
  for await (const page of pages(limit, names)) all.push(...page);
  return all;
}
const columns = (locale: "en" | "zh-CN", names = false): Columns => ({
  ...{ locale, names, exponent: library.catalogue.exponent },
  figures: figuresOf(library, scoring),
});
async function* cells(of: Columns): AsyncGenerator<Cell[][]> {
  for await (const page of pages(1_000, of.names)) yield page.map((row) => cellsOf(row, of));
}

test("members come by tier, each with what puts them there, what they need, who said so, and the care of their tier", async () => {
  const table = await rows();
  const order = scoring.tiers!.tiers.map(({ id }) => id);
  const places = table.map(({ tier }) => order.indexOf(tier!));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(new Set(table.map(({ customer }) => customer))).toEqual(new Set(["C001", "C002", "C003", "C004", "C005"]));
  for (const { tier, tierName, care } of table) {
    const { name, care: theirs } = scoring.tiers!.tiers.find(({ id }) => id === tier)!;
    expect({ tierName, care }).toEqual({ tierName: name, care: theirs });
  }
  const of = (customer: string) => table.find((row) => row.customer === customer)!;
  expect(of("C001").basis.find(({ name }) => name === "orders.sum_365d")).toMatchObject({
    value: 15_000_050,
    shown: { en: "150,000.50" },
  });
  expect(of("C001")).toMatchObject({ owner: "Zhao", need: { text: '=1+1, "bulk" tea', from: "trait" } });
  // of what was written in surveys the latest that says something; of calls only those that took place
  expect(of("C002").need).toMatchObject({ text: "faster shipping", from: "survey" });
  expect(of("C003").need).toMatchObject({ text: "wants a trial", from: "note" });
  expect(of("C004").need).toBeUndefined();
  expect(table.some((row) => "name" in row)).toBe(false);
  expect((await rows(2)).map(({ customer }) => customer)).toEqual(table.slice(0, 2).map(({ customer }) => customer));
});

test("one who has not been scored is there without a tier", async () => {
  await sql`delete from customer_scores where customer = (select id from customers where customer_id = 'C005')`.execute(
    db,
  );
  const last = (await rows()).at(-1)!;
  expect(last).toMatchObject({ customer: "C005", tier: null });
  expect(last.care).toBeUndefined();
  expect(onTerminal([last], columns("en"))).toContain("to place them, run: rekindle score");
});

test("on a terminal figures are words, in both languages", async () => {
  const [first] = await rows(1, true);
  const short = { ...first!, need: { text: "批发", from: "trait" as const } };
  const zh = onTerminal([short], columns("zh-CN", true));
  for (const part of [
    "客户",
    "核心需求",
    "建议维护方式",
    "李娜",
    "近 365 天消费总额：150,000.50",
    "批发（客户属性）",
  ]) {
    expect(zh.replaceAll(/\s*│\s*|\s*\n\s*/g, " ")).toContain(part);
  }
  // nothing is cut off where Chinese has no spaces to break at
  const care = { ...first!, care: { en: "", "zh-CN": "专属顾问优先体验每月回访".repeat(5) } };
  expect(onTerminal([care], columns("zh-CN"))).not.toContain("…");
  expect(onTerminal([first!], columns("en"))).toContain("core need");
  expect(onTerminal([], columns("zh-CN"))).toBe("没有符合的客户");
});

test("long cells are folded: at spaces, between Chinese characters, never before what ends a clause, and nothing is lost", () => {
  expect(fold("cheaper shipping and 大宗采购折扣。再说", 16).split("\n")).toEqual([
    "cheaper shipping",
    "and 大宗采购折",
    "扣。再说",
  ]);
  const wide = (text: string) => Array.from(text).reduce((sum, one) => sum + (/[\u2E80-\uFFE6]/u.test(one) ? 2 : 1), 0);
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("tea", "a", " ", "每", "月", "，", "。", "12345678901234567890", "\n")),
      (parts) => {
        const text = parts.join("");
        const lines = fold(text, 12).split("\n");
        expect(lines.join("").replaceAll(/\s/g, "")).toBe(text.replaceAll(/\s/g, ""));
        // a line that ends a clause may stick out by its marks
        for (const line of lines) expect(wide(line.replace(/[，。]+$/u, ""))).toBeLessThanOrEqual(12);
      },
    ),
  );
});

test("a CSV file and a workbook hold the same, figures as numbers, and nothing that a customer wrote is a formula", async () => {
  const want = columns("zh-CN", true);
  const csv = join(folder, "表.csv");
  expect(await writeTable("csv", csv, headOf(want), cells(want))).toBe(5);
  const [header, first] = (await readFile(csv, "utf8")).split("\r\n");
  expect(header).toMatch(/^\uFEFF客户,姓名,负责人,层级,近 365 天消费总额,.*核心需求,需求来源,建议维护方式$/);
  expect(first).toMatch(/^C001,李娜,Zhao,高价值,150000\.5,.*,"'=1\+1, ""bulk"" tea",客户属性,/);

  const xlsx = join(folder, "table.xlsx");
  expect(await writeTable("xlsx", xlsx, headOf(want), cells(want))).toBe(5);
  const read: unknown[][] = [];
  for await (const batch of (await openTable(xlsx)).rows) read.push(...batch.map((row) => row.cells));
  expect(read[0]).toEqual(headOf(want));
  expect(read[1]!.slice(0, 5).map(String)).toEqual(["C001", "李娜", "Zhao", "高价值", "150000.5"]);
  expect(await readdir(folder)).toEqual(["table.xlsx", "表.csv"]);
});

test("a place that cannot be written to is named, and no half file stays", async () => {
  const want = columns("en");
  await expect(writeTable("csv", join(folder, "no/such/folder.csv"), headOf(want), cells(want))).rejects.toThrow(
    "cannot be written (ENOENT)",
  );
  const broken = async function* (): AsyncGenerator<Cell[][]> {
    yield [["C001"]];
    throw new Error("the database went away");
  };
  await expect(writeTable("csv", join(folder, "half.csv"), ["customer"], broken())).rejects.toThrow("went away");
  expect(await readdir(folder)).not.toContain("half.csv.part");
});

test("a need whose trait nobody declared is refused, with the nearest name", async () => {
  const rules = await copyOfRules();
  await rules.edit("tiers.json", '"core_need"', '"core_needs"');
  const { faults } = await readScoring(rules.dir, library);
  expect(faults.map(({ pointer, hint }) => [pointer, hint?.en])).toEqual([
    ["/need/0/trait", 'did you mean "core_need"?'],
  ]);
});
