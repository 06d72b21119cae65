import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { beforeAll, describe, expect, test } from "vitest";
import type { Library } from "../../src/campaign/library.ts";
import { readLibrary } from "../../src/operate/library.ts";
import { type Ast, variablesOf } from "../../src/rule/ast.ts";
import { segmentDefinition } from "../../src/rule/definition.ts";
import { evaluate } from "../../src/rule/evaluate.ts";
import { parseRule } from "../../src/rule/parse.ts";
import { toSql, valueToSql } from "../../src/rule/sql.ts";
import { OPERATORS } from "../../src/rule/syntax/operators.ts";
import type { Database } from "../../src/store/database.ts";
import { loadFacts } from "../../src/store/facts.ts";
import { testSchema } from "../support/schema.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(`${root}docs/rules.md`, "utf8");
const blocks = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(
  (match) => JSON.parse(match[1]!) as Record<string, unknown>,
);
const rows = [...page.matchAll(/^\| `(\{.*\})` \| `(\{.*\})` \| `(.*)` \|$/gm)].map((match) => ({
  rule: match[1]!,
  given: match[2]!,
  gives: JSON.parse(match[3]!) as unknown,
}));
const asking = { asOf: new Date("2026-04-01T00:00:00Z"), homeZone: "Asia/Shanghai" };

let db: Database;
let library: Library;

beforeAll(async () => {
  ({ db } = await testSchema());
  ({ library } = await readLibrary(`${root}rules`));
  for (const { given } of rows) {
    await sql`insert into customers (customer_id, traits, created_at) select count(*) + 1, ${given}::jsonb, ${asking.asOf} from customers`.execute(
      db,
    );
  }
});

function parse(json: unknown): Ast {
  const { rule, faults } = parseRule(json, { pointer: "", catalogue: library.catalogue, expect: "any" });
  expect(faults).toEqual([]);
  return rule!;
}

describe("docs/rules.md", () => {
  test.each(rows.map((row, i) => ({ ...row, id: i + 1 })))(
    "$rule with $given gives $gives",
    async ({ rule, gives, id }) => {
      const ast = parse(JSON.parse(rule));
      const facts = await loadFacts(db, { customers: [id], variables: variablesOf(ast), ...asking });
      expect(evaluate(ast, (name) => facts.get(id)![name])).toEqual(gives);
      const form = ast.type === "boolean" ? toSql : valueToSql;
      const { rows: found } = await sql<{
        value: unknown;
      }>`select ${form(ast, asking)} as value from customers c where c.id = ${id}`.execute(db);
      expect(found[0]!.value).toEqual(gives);
    },
  );

  test("each operator of the closed list has its row", () => {
    const shown = new Set(rows.flatMap(({ rule }) => [...rule.matchAll(/"([^"]+)":/g)].map((match) => match[1])));
    expect(Object.keys(OPERATORS).filter((operator) => !shown.has(operator))).toEqual([]);
  });

  test("the longer examples are sound", () => {
    expect(blocks.length).toBeGreaterThan(3);
    for (const block of blocks) {
      const rule = "rule" in block ? segmentDefinition.parse(block).rule : block;
      expect(parse(rule).type).toBe("boolean");
    }
  });
});

describe("the library's own segments", () => {
  test("are sound, and each can be asked of a base", async () => {
    expect(library.broken.segments).toEqual([]);
    expect(Object.keys(library.segments)).toContain("mid-value-dormant");
    for (const { rule } of Object.values(library.segments)) {
      await sql`select count(*) from customers c where ${toSql(rule, asking)}`.execute(db);
    }
  });
});
