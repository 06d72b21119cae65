import fc from "../support/property.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { variablesOf } from "../../src/rule/ast.ts";
import { evaluate, holds } from "../../src/rule/evaluate.ts";
import { parseRule } from "../../src/rule/parse.ts";
import { factsQuery, membersOf, toSql, valueToSql } from "../../src/rule/sql.ts";
import type { Database } from "../../src/store/database.ts";
import { testSchema } from "../support/schema.ts";
import { catalogue } from "./support/base.ts";
import { answersOf, type Base, drawBases, type Language, membersOf as membersBy } from "./support/differential.ts";
import { EDGES, rules } from "./support/rules.ts";

const CUSTOMERS = 60;
const BATCH = 20;
const RUNS = 24;
const language: Language = {
  ...{ catalogue, parseRule, variablesOf, evaluate, holds },
  ...{ toSql, valueToSql, factsQuery, membersOf },
};
let db: Database;
let bases: Base[];

beforeAll(async () => {
  ({ db } = await testSchema());
  bases = await drawBases(db, CUSTOMERS);
});

describe("a rule means the same for a base, for one customer, and in the words of docs/rules.md", () => {
  test.each(["condition", "bounded", "worded", "number", "plain"] as const)(
    `%s, to the last bit (${RUNS * BATCH * CUSTOMERS} cases)`,
    { timeout: 600_000 },
    async (kind) => {
      const batch = fc.array(rules[kind], { minLength: BATCH, maxLength: BATCH });
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(batch, async (jsons) => {
          const answers = await answersOf(kind, jsons, language, db, bases[runs++ % bases.length]!);
          jsons.forEach((json, i) => {
            const { reference, ...forms } = answers[i]!;
            expect({ json, ...forms }).toEqual({ json, sql: reference, closure: reference, raw: reference });
          });
        }),
        { numRuns: RUNS },
      );
    },
  );

  test(`what must not be left to chance (${EDGES.length * 3 * CUSTOMERS} cases)`, { timeout: 300_000 }, async () => {
    for (const base of bases) {
      const answers = await answersOf("condition", EDGES, language, db, base);
      EDGES.forEach((json, i) => {
        const { reference, ...forms } = answers[i]!;
        expect({ json, ...forms }).toEqual({ json, sql: reference, closure: reference, raw: reference });
      });
    }
  });

  test("a base read for a rule's sake holds its members, each once", { timeout: 300_000 }, async () => {
    const jsons = [
      ...EDGES,
      ...fc.sample(rules.bounded, { numRuns: 200 }),
      ...fc.sample(rules.condition, { numRuns: 60 }),
    ];
    for (let i = 0; i < jsons.length; i += 40) {
      const asked = jsons.slice(i, i + 40);
      const base = bases[(i / 40) % bases.length]!;
      const answers = await answersOf("condition", asked, language, db, base);
      const members = await membersBy(asked, language, db, base);
      asked.forEach((json, n) => {
        const expected = base.subjects.flatMap(({ customer }, at) =>
          answers[n]!.reference[at] === true ? [customer.id] : [],
        );
        // the last customer is nobody's subject
        expect({ json, members: members[n]!.filter((id) => id <= CUSTOMERS) }).toEqual({ json, members: expected });
      });
    }
  });

  test("the drawn base is not a trivial one: each kind of variable is there for some and missing for others", async () => {
    const names = [
      "customer.traits.number",
      "customer.traits.date",
      "customer.traits.tags",
      "orders.avg_3y",
      "days_since.last_order",
      "events.check_in.last",
      "consent.email",
      "days_since.last_enrolment.spring",
      "messages.last",
      "churn.risk",
    ];
    const jsons = names.map((name) => ({ missing: [name] }));
    for (const { closure } of await answersOf("condition", jsons, language, db, bases[0]!)) {
      expect(new Set(closure)).toEqual(new Set([true, false]));
    }
  });
});
