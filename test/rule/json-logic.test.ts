import fc from "../support/property.ts";
import jsonLogic, { type RulesLogic } from "json-logic-js";
import { describe, expect, test } from "vitest";
import type { Ast, Value } from "../../src/rule/ast.ts";
import { evaluate } from "../../src/rule/evaluate.ts";
import { parseRule } from "../../src/rule/parse.ts";
import { catalogue, DATES, NUMBERS, TEXTS } from "./support/base.ts";

const RULES = 1_200;
const CUSTOMERS = 25;

type Traits = Record<string, Value>;
const trait = (name: string) => ({ var: `customer.traits.${name}` });

function parse(json: unknown): Ast {
  const { rule, faults } = parseRule(json, { pointer: "", catalogue, expect: "any" });
  if (!rule) throw new Error(`${JSON.stringify(json)}: ${JSON.stringify(faults)}`);
  return rule;
}
const ours = (ast: Ast, traits: Traits) => evaluate(ast, (name) => traits[name.slice("customer.traits.".length)]);
const theirs = (json: unknown, traits: Traits) =>
  jsonLogic.apply(json as RulesLogic, { customer: { traits } }) as Value;

/** What §5 decides otherwise on purpose; the rules drawn below keep clear of it. */
const DIFFERENCES: [rule: unknown, given: Traits, ours: unknown, theirs: unknown, why: string][] = [
  [{ "<": [trait("number"), 180] }, {}, false, true, "a comparison with a missing value is false"],
  [{ ">=": [0, trait("number")] }, {}, false, true, "whichever way round"],
  [{ "+": [trait("number"), 1] }, {}, null, Number.NaN, "arithmetic with a missing value is missing"],
  [{ "==": [trait("text"), trait("other")] }, {}, false, true, "two missing values are not equal"],
  [{ "/": [1, trait("number")] }, { number: 0 }, null, Number.POSITIVE_INFINITY, "a zero divisor gives missing"],
  [{ "%": [trait("number"), 2] }, { number: 7.5 }, null, 1.5, "the remainder is one of whole numbers"],
  [{ and: [trait("tags"), true] }, { tags: [] }, false, [], "and, or give yes or no, not one of their arguments"],
  [{ or: [false, trait("tags")] }, { tags: ["a"] }, true, ["a"], "and, or give yes or no, not one of their arguments"],
  [{ in: ["", trait("text")] }, { text: "" }, true, false, "the empty text is in every text that is there"],
  [
    { some: [trait("tags"), { "==": [{ var: "" }, trait("text")] }] },
    { tags: ["a"], text: "a" },
    true,
    false,
    "the customer stays in sight inside some, all, none",
  ],
];

const call = (op: string, ...args: fc.Arbitrary<unknown>[]) => fc.tuple(...args).map((list) => ({ [op]: list }));
const some = (op: string, arg: fc.Arbitrary<unknown>) =>
  fc.array(arg, { minLength: 1, maxLength: 3 }).map((list) => ({ [op]: list }));
const there = TEXTS.filter((text) => text !== "");
const names = fc
  .subarray(["text", "number", "flag", "tags", "date"])
  .map((list) => list.map((name) => trait(name).var));

const shared = fc.letrec<Record<"condition" | "yes" | "number" | "whole" | "text" | "list" | "element", unknown>>(
  (tie) => {
    const deep = { maxDepth: 4, depthIdentifier: fc.createDepthIdentifier() };
    const either = (arg: fc.Arbitrary<unknown>) => call("if", tie("condition"), arg, arg);
    const compared = (arg: fc.Arbitrary<unknown>, ...ops: string[]) =>
      fc.constantFrom(...ops).chain((op) => call(op, arg, arg));
    return {
      // and, or of lists give other values, but as conditions they come to the same
      condition: fc.oneof(
        ...[deep, tie("yes"), tie("yes"), tie("list"), some("and", tie("condition")), some("or", tie("condition"))],
      ),
      yes: fc.oneof(
        deep,
        fc.constant(trait("flag")),
        fc.boolean(),
        some("and", tie("yes")),
        some("or", tie("yes")),
        call("!", tie("condition")),
        compared(tie("number"), "==", "!=", "<", "<=", ">", ">="),
        fc.constantFrom("<", "<=").chain((op) => call(op, tie("number"), tie("number"), tie("number"))),
        compared(tie("text"), "==", "!="),
        compared(tie("yes"), "==", "!="),
        fc
          .tuple(fc.constantFrom("==", "!=", "<", "<=", ">", ">="), fc.constantFrom(...DATES))
          .map(([op, day]) => ({ [op]: [trait("date"), day] })),
        call("in", tie("text"), tie("text")),
        call("in", tie("text"), tie("list")),
        call("in", tie("number"), fc.array(fc.constantFrom(...NUMBERS), { maxLength: 3 })),
        fc.constantFrom("some", "all", "none").chain((op) => call(op, tie("list"), tie("element"))),
        either(tie("yes")),
      ),
      number: fc.oneof(
        deep,
        fc.constant(trait("number")),
        fc.constantFrom(...NUMBERS),
        fc.constantFrom(...NUMBERS).map((otherwise) => ({ var: ["customer.traits.number", otherwise] })),
        ...["+", "min", "max"].map((op) => some(op, tie("number"))),
        call("-", tie("number"), tie("number")),
        call("-", tie("number")),
        call("*", tie("number"), tie("number")),
        call("/", tie("number"), fc.constantFrom(2, -0.1, 1e7)),
        call("%", tie("whole"), fc.constantFrom(1, 3, -7, 1e15)),
        either(tie("number")),
      ),
      whole: fc.oneof(deep, fc.constantFrom(0, -7, 180, 1e15), either(tie("whole"))),
      text: fc.oneof(
        deep,
        fc.constantFrom(trait("text"), trait("other")),
        fc.constantFrom(...there),
        some("cat", fc.oneof(tie("text"), fc.constantFrom(...NUMBERS))),
        either(tie("text")),
      ),
      list: fc.oneof(
        deep,
        fc.constant(trait("tags")),
        fc.array(fc.constantFrom(...TEXTS), { maxLength: 3 }),
        names.map((list) => ({ missing: list })),
        fc.tuple(fc.integer({ min: 0, max: 3 }), names).map((args) => ({ missing_some: args })),
        either(tie("list")),
      ),
      element: fc.oneof(
        deep,
        call("==", fc.constant({ var: "" }), fc.constantFrom(...TEXTS)),
        call("in", fc.constantFrom(...there), fc.constant({ var: "" })),
        call("!", tie("element")),
        fc
          .constantFrom("some", "all", "none")
          .chain((op) => call(op, fc.constantFrom(["a"], ["A", "茶"], []), tie("element"))),
      ),
    };
  },
);

const traits: fc.Arbitrary<Traits> = fc.record({
  text: fc.constantFrom(...there),
  other: fc.constantFrom(...there),
  number: fc.constantFrom(...NUMBERS),
  flag: fc.boolean(),
  date: fc.constantFrom(...DATES),
  tags: fc.array(fc.constantFrom(...TEXTS), { maxLength: 3 }),
});
const plain = (value: unknown) => (value === 0 ? 0 : value);

describe("json-logic-js", () => {
  test(`answers as we do where we do not differ on purpose (${RULES * CUSTOMERS} cases)`, () => {
    const answers = { yes: 0, no: 0 };
    fc.assert(
      fc.property(
        fc.oneof(shared.condition, shared.number, shared.text, shared.list),
        fc.array(traits, { minLength: CUSTOMERS, maxLength: CUSTOMERS }),
        (json, customers) => {
          const ast = parse(json);
          for (const given of customers) {
            const [own, other] = [ours(ast, given), theirs(json, given)];
            if (ast.type === "boolean") {
              expect({ json, given, answer: own }).toEqual({ json, given, answer: jsonLogic.truthy(other) });
              answers[own === true ? "yes" : "no"]++;
            } else expect({ json, given, value: plain(own) }).toEqual({ json, given, value: plain(other) });
          }
        },
      ),
      { numRuns: RULES },
    );
    expect(Math.min(answers.yes, answers.no)).toBeGreaterThan(1_000);
  });

  test.each(DIFFERENCES)("differs on purpose: %j given %j gives %j, not %j: %s", (json, given, own, other) => {
    expect(ours(parse(json), given)).toEqual(own);
    expect(theirs(json, given)).toEqual(other);
  });
});
