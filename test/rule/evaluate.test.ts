import fc from "../support/property.ts";
import { describe, expect, test } from "vitest";
import type { Ast, Value } from "../../src/rule/ast.ts";
import { evaluate } from "../../src/rule/evaluate.ts";
import { parseRule } from "../../src/rule/parse.ts";
import { catalogue } from "./support/base.ts";
import { rules } from "./support/rules.ts";

function parse(json: unknown): Ast {
  const { rule, faults } = parseRule(json, { pointer: "", catalogue, expect: "any" });
  if (!rule) throw new Error(JSON.stringify(faults));
  return rule;
}

describe("evaluation", () => {
  test("is total: whatever is looked up, a condition is yes or no", () => {
    fc.assert(
      fc.property(rules.condition, fc.array(fc.anything(), { minLength: 8, maxLength: 8 }), (json, values) => {
        const { rule } = parseRule(json, { pointer: "", catalogue });
        const answer = evaluate(rule!, (name) => values[name.length % 8] as Value);
        expect([true, false, null]).toContain(answer);
      }),
    );
  });

  test("a rule survives being stored: plain JSON, without its catalogue", () => {
    fc.assert(
      fc.property(rules.condition, (json) => {
        const { rule } = parseRule(json, { pointer: "", catalogue });
        expect(JSON.parse(JSON.stringify(rule))).toEqual(rule);
      }),
    );
  });

  test("an inner list's element is not the outer one's", () => {
    const tags = { var: "customer.traits.tags" };
    const inner = { some: [["b"], { "==": [{ var: "" }, "b"] }] };
    const rule = parse({ all: [tags, { and: [inner, { in: [{ var: "" }, ["a", "c"]] }] }] });
    const answer = (list: string[]) => evaluate(rule, () => list);
    expect([answer(["a", "c"]), answer(["a", "b"]), answer([])]).toEqual([true, false, false]);
  });

  test("values of another type than declared are missing", () => {
    const rule = parse({ missing: ["customer.traits.number", "customer.traits.date", "customer.traits.text"] });
    const wrong: Record<string, unknown> = {
      "customer.traits.number": "5",
      "customer.traits.date": "2026-02-30",
      "customer.traits.text": 5,
    };
    expect(evaluate(rule, (name) => wrong[name] as Value)).toEqual(Object.keys(wrong));
    expect(evaluate(rule, () => undefined)).toEqual(Object.keys(wrong));
    const right: Record<string, Value> = {
      "customer.traits.number": 5,
      "customer.traits.date": "2024-02-29",
      "customer.traits.text": "x",
    };
    expect(evaluate(rule, (name) => right[name])).toEqual([]);
  });
});
