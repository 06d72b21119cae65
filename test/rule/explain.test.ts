import fc from "../support/property.ts";
import { describe, expect, test } from "vitest";
import type { Value } from "../../src/rule/ast.ts";
import { holds } from "../../src/rule/evaluate.ts";
import { explain, obstacles, sentences } from "../../src/rule/explain.ts";
import { parseRule } from "../../src/rule/parse.ts";
import { catalogue } from "./support/base.ts";
import { rules } from "./support/rules.ts";

const wording = { exponent: 2, label: (name: string) => catalogue.variable(name)?.label };

function explained(json: unknown, facts: Record<string, Value>) {
  const { rule, faults } = parseRule(json, { pointer: "", catalogue });
  if (!rule) throw new Error(JSON.stringify(faults));
  return explain(rule, (name) => facts[name], wording);
}

const winback = {
  and: [
    { "<=": [50000, { var: "orders.sum_365d" }, 100000] },
    { ">=": [{ var: "days_since.last_order" }, 180] },
    { or: [{ "==": [{ var: "complaints.open" }, 0] }, { "!": [{ var: "consent.email" }] }] },
  ],
};
const facts = {
  "orders.sum_365d": 6_234_050,
  "days_since.last_order": 173,
  "complaints.open": 0,
  "consent.email": true,
};

describe("an explanation", () => {
  test("shows each part with what was found", () => {
    expect(sentences(explained(winback, facts), "en")).toEqual([
      "✗ all of these",
      "  ✓ 50,000 ≤ total spent in the last 365 days ≤ 100,000 (is 62,340.50)",
      "  ✗ days since the last order ≥ 180 (is 173)",
      "  ✓ at least one of these",
      "    ✓ open complaints = 0 (is 0)",
      "    ✗ not",
      "      ✓ consent to promotions by email (is yes)",
    ]);
    expect(sentences(explained(winback, facts), "zh-CN")).toEqual([
      "✗ 以下全部满足",
      "  ✓ 50,000 ≤ 近 365 天消费总额 ≤ 100,000（实际：62,340.50）",
      "  ✗ 距最近一次下单的天数 ≥ 180（实际：173）",
      "  ✓ 以下至少满足一项",
      "    ✓ 未解决的投诉数 = 0（实际：0）",
      "    ✗ 以下不成立",
      "      ✓ 同意通过 email 接收营销信息（实际：是）",
    ]);
  });

  test("says what is missing, and opens the segments it refers to", () => {
    const tree = explained({ segment: "lost-buyers" }, { "orders.count": 0 });
    expect(sentences(tree, "en")).toEqual([
      "✗ in segment lost-buyers",
      "  ✗ in segment buyers",
      "    ✗ number of orders > 0 (is 0)",
      "  ✗ days since the last order > 30 (is missing)",
    ]);
  });

  test("names several values by their names", () => {
    const rule = { ">": [{ "/": [{ var: "orders.sum_30d" }, { var: "orders.count_30d" }] }, { var: "orders.avg" }] };
    expect(
      sentences(explained(rule, { "orders.sum_30d": 100_00, "orders.count_30d": 3, "orders.avg": null }), "en"),
    ).toEqual([
      "✗ (total spent in the last 30 days ÷ number of orders in the last 30 days) > average order amount" +
        " (is total spent in the last 30 days = 100, number of orders in the last 30 days = 3, average order amount = missing)",
    ]);
  });

  test("lists and filtered items are words too", () => {
    const line = (rule: unknown, given: Record<string, Value> = {}) => sentences(explained(rule, given), "en")[0];
    expect(line({ in: [{ var: "customer.owner" }, ["li", "王"]] })).toBe(
      '✗ sales rep is one of: "li", "王" (is missing)',
    );
    const where = { "==": [{ var: "item.category" }, "tea"] };
    expect(line({ ">": [{ orders: { sum: "qty", within: "30d", where } }, 2] })).toBe(
      '✗ total of items where item.category = "tea" in the last 30 days > 2 (is missing)',
    );
  });

  test("sums over the fields of events are words too", () => {
    const rule = (where?: unknown) => ({
      ">": [{ events: { type: "order.paid", sum: "amount", within: "30d", ...(where !== undefined && { where }) } }, 2],
    });
    expect(sentences(explained(rule(), {}), "en")).toEqual([
      "✗ total of event.amount of order.paid in the last 30 days > 2 (is missing)",
    ]);
    expect(sentences(explained(rule({ ">": [{ var: "event.amount" }, 5] }), {}), "zh-CN")).toEqual([
      "✗ 近 30 天 order.paid（event.amount > 5）的 event.amount 合计 > 2（实际：缺失）",
    ]);
  });

  test("names the parts that stand in the way, and none when the rule holds", () => {
    expect(obstacles(explained(winback, facts)).map((one) => one.words.en)).toEqual([
      "days since the last order ≥ 180",
    ]);
    expect(obstacles(explained(winback, { ...facts, "days_since.last_order": 180 }))).toEqual([]);
  });

  test("agrees with the evaluation, whatever the rule", () => {
    fc.assert(
      fc.property(rules.condition, (json) => {
        const { rule } = parseRule(json, { pointer: "", catalogue });
        const tree = explain(rule!, () => null, wording);
        expect(tree.holds).toBe(holds(rule!, () => null));
        expect(sentences(tree, "zh-CN").join("")).not.toContain("undefined");
        expect(sentences(tree, "en").join("")).not.toMatch(/undefined|NaN/);
      }),
    );
  });
});
