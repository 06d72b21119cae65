import { readFileSync } from "node:fs";
import { sql } from "kysely";
import { beforeAll, describe, expect, test } from "vitest";
import type { Fault } from "../../src/fault.ts";
import { type Ast, type Type, variablesOf } from "../../src/rule/ast.ts";
import { buildCatalogue, type Catalogue } from "../../src/rule/catalogue.ts";
import { evaluate } from "../../src/rule/evaluate.ts";
import { parseRule } from "../../src/rule/parse.ts";
import { toSql, valueToSql } from "../../src/rule/sql.ts";
import type { Database } from "../../src/store/database.ts";
import { loadFacts } from "../../src/store/facts.ts";
import { testSchema } from "../support/schema.ts";

interface Case {
  rule: unknown;
  data?: unknown;
  result: unknown;
}
const cases = (
  JSON.parse(readFileSync(new URL("data/jsonlogic-compatible.json", import.meta.url), "utf8")) as (Case | string)[]
).filter((one) => typeof one !== "string");
const asking = { asOf: new Date("2026-04-01T00:00:00Z"), homeZone: "UTC" };

/** Where we differ on purpose: JSON Logic answers with a value where we answer yes or no, or nothing. */
const DIFFERENCES: { rule: string; published: unknown; ours: unknown; why: string }[] = [
  {
    rule: '{"and":[[],true]}',
    published: [],
    ours: false,
    why: "and gives yes or no, not one of its arguments; an empty list is no",
  },
  {
    rule: '{"var":"1.1"}',
    published: "beer",
    ours: null,
    why: "variables have names, not places in a list",
  },
];

let db: Database;
beforeAll(async () => {
  ({ db } = await testSchema());
  await sql`
    insert into customers (customer_id, traits, created_at)
    select i, traits, ${asking.asOf}
    from jsonb_to_recordset(${JSON.stringify(cases.map(({ data }, i) => ({ i, traits: flat(data) })))}::jsonb)
      as r (i text, traits jsonb) order by i::int`.execute(db);
});

/** {"a": {"b": 1}} as the traits {"a.b": 1}. */
function flat(data: unknown): Record<string, unknown> {
  if (typeof data !== "object" || data === null) return {};
  return Object.fromEntries(
    Object.entries(data).flatMap(([key, value]) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.entries(flat(value)).map(([inner, each]) => [`${key}.${inner}`, each])
        : [[key, value]],
    ),
  );
}

/** Names as the case's data has them; what it does not have may be of any type. */
function catalogueOf(data: unknown): Catalogue {
  const known = flat(data);
  const typeOf = (value: unknown): Type | "any" | undefined => {
    if (typeof value === "boolean" || typeof value === "number" || typeof value === "string")
      return typeof value as Type;
    if (Array.isArray(value)) return value.every((each) => typeof each === "string") ? "strings" : undefined;
    return "any";
  };
  const base = buildCatalogue({ traits: {}, segments: {} });
  return {
    ...base,
    variable(name) {
      const type = typeOf(known[name]);
      return (
        type && { name, type, source: { from: "trait", trait: name, exponent: 0 }, label: { en: name, "zh-CN": name } }
      );
    },
    names: () => Object.keys(known),
  };
}

type Answer = { refused: Fault[] } | { closure: unknown; sql: unknown };

async function answer({ rule, data }: Case, i: number): Promise<Answer> {
  const { rule: ast, faults } = parseRule(rule, { pointer: "", catalogue: catalogueOf(data), expect: "any" });
  if (!ast) return { refused: faults };
  const facts = await loadFacts(db, { customers: [i + 1], variables: variablesOf(ast), ...asking });
  return { closure: evaluate(ast, (name) => facts.get(i + 1)![name]), sql: await bySql(ast, i + 1) };
}

async function bySql(ast: Ast, id: number): Promise<unknown> {
  const form = ast.type === "boolean" ? toSql : valueToSql;
  const { rows } = await sql<{ value: unknown }>`
    select ${form(ast, asking)} as value from customers c where c.id = ${id}`.execute(db);
  return rows[0]!.value;
}

describe("the official JSON Logic cases", () => {
  test("each is answered as published in both forms, or refused with what to write instead, or a listed difference", async () => {
    const sorted = { answered: 0, refused: 0, different: 0 };
    for (const [i, one] of cases.entries()) {
      const given = await answer(one, i);
      const listed = DIFFERENCES.find(({ rule }) => rule === JSON.stringify(one.rule));
      if ("refused" in given) {
        sorted.refused++;
        for (const { message, hint } of given.refused) {
          expect({ rule: one.rule, message: message.en, hint: hint?.en }).toMatchObject({ hint: expect.any(String) });
          expect(hint!["zh-CN"]).toMatch(/\p{Script=Han}/u);
        }
      } else if (listed) {
        sorted.different++;
        expect(one.result).toEqual(listed.published);
        expect(given).toEqual({ closure: listed.ours, sql: listed.ours });
      } else {
        sorted.answered++;
        expect({ rule: one.rule, data: one.data, ...given }).toEqual({
          rule: one.rule,
          data: one.data,
          closure: one.result,
          sql: one.result,
        });
      }
    }
    console.info(
      `JSON Logic: ${cases.length} cases, ${sorted.answered} answered as published in both forms, ` +
        `${sorted.refused} refused with what to write instead, ${sorted.different} answered differently on purpose:`,
    );
    for (const { rule, published, ours, why } of DIFFERENCES) {
      console.info(`  ${rule} → ${JSON.stringify(ours)}, not ${JSON.stringify(published)}: ${why}`);
    }
    expect(sorted.different).toBe(DIFFERENCES.length);
    expect(sorted.answered).toBeGreaterThan(140);
  });
});
