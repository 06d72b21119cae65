import { sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import { option, type Program, type Rule, type Step } from "../../src/campaign/program.ts";
import { buildCatalogue } from "../../src/rule/catalogue.ts";
import { parseRule } from "../../src/rule/parse.ts";
import { testSchema } from "../support/schema.ts";
import { at, enrolled, LAUNCH, LAUNCH_DAY, programOf } from "./world.ts";

const { db } = await testSchema();
beforeEach(async () => void (await at(db, LAUNCH)));

const label = { en: "l", "zh-CN": "l" };
const catalogue = buildCatalogue({
  traits: { city: { type: "string", label }, limit: { type: "money", label } },
  segments: {},
  scope: {
    "steps.note.spent": "money",
    "steps.note.city": "string",
    "trigger.amount": "money",
    "trigger.cart.kind": "string",
    "params.least": "money",
    "params.mood": "string",
    "run.id": "string",
    "run.day": "number",
    "run.phase": "string",
  },
});
function rule(json: unknown, wanted: "any" | "boolean" = "any"): Rule {
  const parsed = parseRule(json, { pointer: "", catalogue, expect: wanted });
  expect(parsed.faults).toEqual([]);
  return parsed.rule!;
}
const ask = (json: unknown): Step => ({ kind: "branch", id: "ask", cases: [rule(json, "boolean")] });
const over: Step = { kind: "exit", id: "over", reason: "over" };
const answers = async (
  json: unknown,
  more: Partial<Program> = {},
  prepare?: (run: string) => Promise<unknown>,
  when?: string,
) => {
  const world = await enrolled(db, { program: programOf({ ask: ask(json), over }, more), size: 2 });
  await prepare?.(world.run);
  if (when) await at(db, when);
  return (await world.act("ask")).map((each) => each.outcome === option(0));
};

describe("rules know the journey's data", () => {
  test("trigger: amounts as posted, in major units; fields of objects", async () => {
    const set = (run: string) =>
      sql`
      update enrolments set trigger = case number when 0 then '{"amount": "129.50", "cart": {"kind": "tea"}}'::jsonb else '{"amount": 20}' end
      where run = ${run}`.execute(db);
    expect(await answers({ ">=": [{ var: "trigger.amount" }, 129.5] }, {}, set)).toEqual([true, false]);
    expect(await answers({ "==": [{ var: "trigger.cart.kind" }, "tea"] }, {}, set)).toEqual([true, false]);
  });

  test("params: of the run, else as the program says", async () => {
    const params = { least: { type: "money", default: 5000 }, mood: { type: "string", default: "calm" } } as const;
    const json = { and: [{ "==": [{ var: "params.least" }, 80] }, { "==": [{ var: "params.mood" }, "calm"] }] };
    const set = (run: string) => sql`update runs set params = '{"least": 8000}' where id = ${run}`.execute(db);
    expect(await answers(json, { params })).toEqual([false, false]);
    expect(await answers(json, { params }, set)).toEqual([true, true]);
  });

  test("run: its day is counted on the customer's calendar, and between phases there is none", async () => {
    const phases = (run: string) =>
      sql`
      insert into run_phases (run, phase, id, planned_day, start_day, days)
      values (${run}, 0, 'warm', ${LAUNCH_DAY}, ${LAUNCH_DAY}, 2), (${run}, 1, 'hot', ${LAUNCH_DAY + 5}, ${LAUNCH_DAY + 5}, 3)`.execute(
        db,
      );
    const late = "2026-04-02T15:59:00Z"; // 23:59 of the second day in Shanghai
    expect(await answers({ "==": [{ var: "run.day" }, 2] }, {}, phases, late)).toEqual([true, true]);
    expect(await answers({ "==": [{ var: "run.phase" }, "warm"] }, {}, phases, late)).toEqual([true, true]);
    expect(await answers({ missing: ["run.phase"] }, {}, phases, "2026-04-02T16:00:00Z")).toEqual([true, true]);
    expect(await answers({ "==": [{ var: "run.phase" }, "hot"] }, {}, phases, "2026-04-06T00:00:00Z")).toEqual([
      true,
      true,
    ]);
  });
});

describe("set", () => {
  const note: Step = {
    kind: "set",
    id: "note",
    values: { spent: rule({ var: "orders.sum_365d" }), city: rule({ var: "customer.traits.city" }) },
    traits: { city: rule("杭州"), limit: rule({ "+": [{ var: "orders.sum_365d" }, 1] }) },
  };

  test("keeps values for later steps, and writes traits as imports do", async () => {
    const world = await enrolled(db, {
      program: programOf({ note, ask: ask({ "==": [{ var: "steps.note.spent" }, 200.5] }), again: note, over }),
      size: 2,
    });
    const [first] = world.customers;
    await sql`update customers set traits = '{"city": "上海", "vip": true}' where id = ${first!}`.execute(db);
    await sql`
      insert into orders (order_id, customer, paid_at, amount, currency, source)
      values (${`O${first!}`}, ${first!}, ${LAUNCH}::timestamptz - interval '1 day', 20050, 'CNY', 'test')`.execute(db);
    expect((await world.act("note")).map((each) => each.outcome)).toEqual(["done", "done"]);
    expect((await world.act("ask")).map((each) => each.outcome)).toEqual([option(0), "no"]);
    const { rows } = await sql<{ data: unknown; traits: unknown }>`
      select e.data, c.traits from enrolments e join customers c on c.id = e.customer where e.run = ${world.run} order by e.id`.execute(
      db,
    );
    expect(rows).toEqual([
      { data: { note: { spent: 20050, city: "上海" } }, traits: { city: "杭州", vip: true, limit: 201.5 } },
      { data: { note: { spent: 0 } }, traits: { city: "杭州", limit: 1 } },
    ]);
    expect(world.customers).toHaveLength(2);
    // a value that is missing now takes the earlier one away; the rest of the enrolment's data stays
    await sql`update enrolments set data = data || '{"other": {"x": 1}}' where run = ${world.run}`.execute(db);
    await sql`update customers set traits = '{}' where id = ${first!}`.execute(db);
    await world.act("again");
    const after = await sql<{ data: unknown }>`select data from enrolments where id = ${world.enrolments[0]!}`.execute(
      db,
    );
    expect(after.rows[0]!.data).toEqual({ note: { spent: 20050 }, other: { x: 1 } });
  });
});
