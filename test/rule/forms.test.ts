import fc from "fast-check";
import { sql } from "kysely";
import { beforeAll, describe, expect, test } from "vitest";
import { type Ast, variablesOf } from "../../src/rule/ast.ts";
import { evaluate, holds } from "../../src/rule/evaluate.ts";
import { parseRule } from "../../src/rule/parse.ts";
import { toSql, valueToSql } from "../../src/rule/sql.ts";
import type { Database } from "../../src/store/database.ts";
import { loadFacts } from "../../src/store/facts.ts";
import { testSchema } from "../support/schema.ts";
import { asOf, catalogue, drawBase, homeZone, SEGMENTS } from "./support/base.ts";
import { reference, referenceHolds, type Subject } from "./support/reference/evaluate.ts";
import { Money } from "./support/reference/value.ts";
import { rules } from "./support/rules.ts";

const CUSTOMERS = 60;
const BATCH = 20;
const RUNS = 60;
const ids = Array.from({ length: CUSTOMERS }, (_, i) => i + 1);
const asking = { asOf, homeZone };
let db: Database;
let subjects: Subject[];

beforeAll(async () => {
  ({ db } = await testSchema());
  const customers = await drawBase(db, CUSTOMERS, 7);
  subjects = customers.map((customer) => ({ customer, segments: SEGMENTS, known: new Map() }));
});

function parse(json: unknown, expect?: "number"): Ast {
  const { rule, faults } = parseRule(json, { pointer: "", catalogue, ...(expect && { expect }) });
  if (!rule) throw new Error(`${JSON.stringify(json)}: ${JSON.stringify(faults)}`);
  return rule;
}

/** For each rule, what each customer answers: by the closure and by SQL. */
async function bothForms(
  asts: Ast[],
  closure: (ast: Ast, lookup: (name: string) => never) => unknown,
  form: typeof valueToSql,
) {
  const facts = await loadFacts(db, { customers: ids, variables: asts.flatMap(variablesOf), ...asking });
  const columns = asts.map((ast, i) => sql`${form(ast, asking)} as ${sql.ref(`r${i}`)}`);
  const { rows } = await sql<
    Record<string, unknown>
  >`select ${sql.join(columns)} from customers c order by c.id`.execute(db);
  return {
    closures: asts.map((ast) => ids.map((id) => closure(ast, (name) => facts.get(id)![name] as never))),
    sqls: asts.map((_, i) => rows.map((row) => row[`r${i}`])),
  };
}

/** −0 and 0 are one number. */
const plain = (value: unknown) => (value === 0 ? 0 : value);
const inMinor = (value: unknown) => (value instanceof Money ? value.minor : value);

describe("a rule means the same for a base, for one customer, and in the words of docs/rules.md", () => {
  test(`conditions (${RUNS * BATCH * CUSTOMERS} cases)`, { timeout: 120_000 }, async () => {
    const batch = fc.array(rules.condition, { minLength: BATCH, maxLength: BATCH });
    await fc.assert(
      fc.asyncProperty(batch, async (jsons) => {
        const { closures, sqls } = await bothForms(
          jsons.map((json) => parse(json)),
          holds,
          toSql,
        );
        jsons.forEach((json, i) => {
          expect({ json, answers: sqls[i] }).toEqual({ json, answers: closures[i] });
          const written = subjects.map((subject) => referenceHolds(json, subject));
          expect({ json, answers: closures[i] }).toEqual({ json, answers: written });
        });
      }),
      { numRuns: RUNS },
    );
  });

  test(`numbers, to the last bit (${RUNS * BATCH * CUSTOMERS} cases)`, { timeout: 120_000 }, async () => {
    const batch = fc.array(rules.number, { minLength: BATCH, maxLength: BATCH });
    await fc.assert(
      fc.asyncProperty(batch, async (jsons) => {
        const { closures, sqls } = await bothForms(
          jsons.map((json) => parse(json, "number")),
          evaluate,
          valueToSql,
        );
        jsons.forEach((json, i) => {
          const values = closures[i]!.map(plain);
          expect({ json, values: sqls[i]!.map(plain) }).toEqual({ json, values });
          const written = subjects.map((subject) => plain(inMinor(reference(json, subject))));
          expect({ json, values }).toEqual({ json, values: written });
        });
      }),
      { numRuns: RUNS },
    );
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
    ];
    const asts = names.map((name) => parse({ missing: [name] }));
    const { closures } = await bothForms(asts, holds, toSql);
    for (const answers of closures) expect(new Set(answers)).toEqual(new Set([true, false]));
  });
});
