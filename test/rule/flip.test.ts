import { fileURLToPath } from "node:url";
import fc from "../support/property.ts";
import { beforeAll, describe, expect, test } from "vitest";
import type { Library } from "../../src/campaign/library.ts";
import { readLibrary } from "../../src/operate/rules/library.ts";
import { type Ast, type Value, type Variable, variablesOf } from "../../src/rule/ast.ts";
import { holds } from "../../src/rule/evaluate.ts";
import { smallestFlip } from "../../src/rule/explain/flip.ts";
import { parseRule } from "../../src/rule/parse.ts";
import { catalogue } from "./support/base.ts";
import { rules } from "./support/rules.ts";

const CUSTOMERS = 1_000;
const wording = { exponent: 2, label: (name: string) => catalogue.variable(name)?.label };
let library: Library;

beforeAll(async () => {
  ({ library } = await readLibrary(fileURLToPath(new URL("../../rules", import.meta.url))));
});

const VALUES: Record<Variable["type"], fc.Arbitrary<Value>> = {
  boolean: fc.boolean(),
  number: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 500 }), fc.double({ min: 0, max: 1 })),
  money: fc.oneof(fc.integer({ min: 0, max: 200_000_00 }), fc.constant(0)),
  string: fc.constantFrom("high", "mid", "a", ""),
  date: fc.constantFrom("1990-04-01", "2026-03-30", "1988-02-29"),
  strings: fc.subarray(["vip", "tea"]),
};

/** What might be known of a customer; a third of what may be missing is. */
function facts(rule: Ast): fc.Arbitrary<Record<string, Value>> {
  const entries = variablesOf(rule).map(({ name, type, source }) => {
    const certain = source.from === "today" || ("aggregate" in source && ["count", "sum"].includes(source.aggregate));
    const value = source.from === "today" ? fc.constant("2026-04-01") : VALUES[type];
    return [name, certain ? value : fc.option(value, { freq: 3 })] as const;
  });
  return fc.record(Object.fromEntries(entries));
}

describe("the smallest change that turns the answer", () => {
  test(`does so, for each segment of the library and ${CUSTOMERS} random customers`, { timeout: 600_000 }, () => {
    const own = { exponent: 2, label: (name: string) => library.catalogue.variable(name)?.label };
    const answers = { members: 0, others: 0 };
    for (const [id, { rule }] of Object.entries(library.segments)) {
      for (const known of fc.sample(facts(rule), { numRuns: CUSTOMERS, seed: 5 })) {
        const flip = smallestFlip(rule, (name) => known[name], own);
        expect({ id, known, flip }).toMatchObject({ flip: { changes: expect.any(Array) } });
        const changed = { ...known, ...Object.fromEntries(flip!.changes.map(({ name, needed }) => [name, needed])) };
        const member = holds(rule, (name) => known[name]);
        expect({ id, known, changed, member: holds(rule, (name) => changed[name]) }).toMatchObject({ member: !member });
        answers[member ? "members" : "others"]++;
      }
    }
    expect(answers.members).toBeGreaterThan(1_000);
    expect(answers.others).toBeGreaterThan(1_000);
  });

  test("whatever the rule: what it names does turn it", () => {
    let found = 0;
    fc.assert(
      fc.property(rules.condition, (json) => {
        const rule = parse(json);
        const flip = smallestFlip(rule, () => null, wording);
        if (!flip) return;
        found++;
        const changed = Object.fromEntries(flip.changes.map(({ name, needed }) => [name, needed]));
        expect(holds(rule, (name) => changed[name] ?? null)).toBe(!holds(rule, () => null));
      }),
      { numRuns: 300 },
    );
    expect(found).toBeGreaterThan(100);
  });

  test.each([
    [
      { ">=": [{ var: "days_since.last_order" }, 180] },
      { "days_since.last_order": 173 },
      "would match if days since the last order were ≥ 180; is 173",
      "若距最近一次下单的天数 ≥ 180（现为 173），则符合",
    ],
    [
      { "<=": [50000, { var: "orders.sum_365d" }, 100000] },
      { "orders.sum_365d": 6_000_000 },
      "would no longer match if total spent in the last 365 days were ≤ 49,999.99; is 60,000",
      "若近 365 天消费总额 ≤ 49,999.99（现为 60,000），则不再符合",
    ],
    [
      { and: [{ var: "consent.email" }, { "==": [{ var: "complaints.open" }, 0] }] },
      { "consent.email": null, "complaints.open": 2 },
      "would match if consent to promotions by email were yes; is missing, and open complaints were 0; is 2",
      undefined,
    ],
    [
      { or: [{ ">": [{ var: "orders.count" }, 10] }, { ">": [{ var: "orders.count_30d" }, 1] }] },
      { "orders.count": 3, "orders.count_30d": 1 },
      "would match if number of orders in the last 30 days were ≥ 2; is 1",
      undefined,
    ],
    [
      { "==": [{ var: "orders.count" }, 1] },
      { "orders.count": 3 },
      "would match if number of orders were 1; is 3",
      undefined,
    ],
    [
      { is_today: [{ var: "customer.traits.date" }, "lunar"] },
      { "customer.traits.date": "1990-01-01", today: "2026-04-01" },
      "would match if x were 2026-04-01; is 1990-01-01",
      undefined,
    ],
    // only what can be: no −1 complaints, no risk of 1.7
    [
      { "==": [{ var: "complaints.open" }, 0] },
      { "complaints.open": 0 },
      "would no longer match if open complaints were ≥ 1; is 0",
      "若未解决的投诉数 ≥ 1（现为 0），则不再符合",
    ],
    [
      { ">=": [{ var: "days_since.last_order" }, 180] },
      {},
      "would match if days since the last order were ≥ 180; is missing",
      undefined,
    ],
    [
      { "!=": [{ var: "orders.count" }, 0] },
      { "orders.count": 0 },
      "would match if number of orders were ≥ 1; is 0",
      undefined,
    ],
    [
      { ">": [{ var: "churn.risk" }, 0.7] },
      { "churn.risk": 0.2063 },
      "would match if risk of having left for good were ≥ 0.71; is 0.2063",
      undefined,
    ],
    [
      { "<": [{ "*": [{ var: "churn.risk" }, { var: "value.next_365d" }] }, 1000] },
      { "churn.risk": 0.5, "value.next_365d": 4_000_00 },
      "would match if risk of having left for good were ≤ 0.24; is 0.5",
      undefined,
    ],
    [
      { "<": [0, { var: "customer.traits.number" }, 1] },
      { "customer.traits.number": 3 },
      "would match if x were 0.99; is 3",
      undefined,
    ],
    [
      { "!": [{ missing: ["customer.traits.text"] }] },
      {},
      "would match if x were any text; is missing",
      "若x为 任意文本（现为 缺失），则符合",
    ],
    [
      { "!": [{ in: [{ var: "customer.traits.text" }, ["a", "b"]] }] },
      { "customer.traits.text": "a" },
      'would match if x were another text; is "a"',
      undefined,
    ],
    [
      { all: [{ var: "customer.traits.tags" }, { in: ["tea", { var: "" }] }] },
      { "customer.traits.tags": ["green-tea", "cup"] },
      "would match if x were tea; is green-tea, cup",
      undefined,
    ],
    [
      { if: [{ var: "consent.email" }, { ">": [{ var: "orders.count" }, 2] }, { ">": [{ var: "orders.count" }, 5] }] },
      { "consent.email": null, "orders.count": 1 },
      "would match if number of orders were ≥ 6; is 1",
      undefined,
    ],
    [
      {
        if: [
          { and: [{ var: "consent.email" }, { var: "consent.sms" }] },
          { and: [{ var: "consent.phone" }, { ">": [{ var: "orders.count" }, 2] }] },
          false,
        ],
      },
      { "consent.email": true, "consent.sms": false, "consent.phone": false, "orders.count": 0 },
      "would match if consent to promotions by sms were yes; is no, and consent to promotions by phone were yes; is no, and number of orders were ≥ 3; is 0",
      undefined,
    ],
  ])("%j of %j: %s", (json, known, en, zh) => {
    const flip = smallestFlip(parse(json), (name) => (known as Record<string, Value>)[name], wording)!;
    expect(flip.words.en).toBe(en);
    if (zh !== undefined) expect(flip.words["zh-CN"]).toBe(zh);
  });

  test("is none where the rule cannot answer otherwise", () => {
    expect(smallestFlip(parse({ or: [true, { var: "consent.email" }] }), () => null, wording)).toBeUndefined();
  });
});

function parse(json: unknown): Ast {
  const { rule, faults } = parseRule(json, { pointer: "", catalogue });
  if (!rule) throw new Error(JSON.stringify(faults));
  return rule;
}
