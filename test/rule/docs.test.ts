import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { beforeAll, describe, expect, test } from "vitest";
import type { Library } from "../../src/campaign/library.ts";
import { readLibrary } from "../../src/operate/rules/library.ts";
import { type Ast, variablesOf } from "../../src/rule/ast.ts";
import { segmentDefinition } from "../../src/rule/definition.ts";
import { evaluate } from "../../src/rule/evaluate.ts";
import { parseRule } from "../../src/rule/parse.ts";
import { toSql, valueToSql } from "../../src/rule/sql.ts";
import type { Text } from "../../src/rule/text.ts";
import { OPERATORS } from "../../src/rule/syntax/operators.ts";
import type { Database } from "../../src/store/database.ts";
import { loadFacts } from "../../src/store/facts.ts";
import { testSchema } from "../support/schema.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** The blocks, the rows of "rule, given, gives", and the catalogue of variables of a page. */
function read(name: string) {
  const page = readFileSync(`${root}docs/${name}`, "utf8");
  return {
    blocks: [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(
      (match) => JSON.parse(match[1]!) as Record<string, unknown>,
    ),
    rows: [...page.matchAll(/^\| `(\{.*\})` \| `(\{.*\})` \| `(.*)` \|$/gm)].map((match) => ({
      rule: match[1]!,
      given: match[2]!,
      gives: JSON.parse(match[3]!) as unknown,
    })),
    catalogue: [...page.matchAll(/^\| (`[a-z].*) \| ([^|]+) \|(.*)\| (\S+) \|$/gm)].flatMap(
      ([, names, type, unit, source]) =>
        [...names!.matchAll(/`([a-z][^`]*)`/g)].map((match) => ({ name: match[1]!, type, unit: unit!.trim(), source })),
    ),
  };
}
const pages = { en: read("rules.md"), "zh-CN": read("rules.zh-CN.md") };
const { blocks, rows } = pages.en;
const asking = { asOf: new Date("2026-04-01T00:00:00Z"), homeZone: "Asia/Shanghai" };

const TYPES: Record<string, Text> = {
  number: { en: "number", "zh-CN": "数值" },
  money: { en: "money", "zh-CN": "金额" },
  string: { en: "text", "zh-CN": "文本" },
  date: { en: "date", "zh-CN": "日期" },
  boolean: { en: "yes/no", "zh-CN": "是/否" },
};

let db: Database;
let library: Library;

beforeAll(async () => {
  ({ db } = await testSchema());
  ({ library } = await readLibrary(`${root}rules`));
  await sql`insert into score_runs (at, report) values (${asking.asOf}, '{}')`.execute(db);
  for (const [i, { given }] of rows.entries()) {
    const [scores, traits] = partition(JSON.parse(given) as Record<string, unknown>);
    await sql`insert into customers (customer_id, traits, created_at) values (${i + 1}, ${JSON.stringify(traits)}::jsonb, ${asking.asOf})`.execute(
      db,
    );
    if (scores.length === 0) continue;
    const names = scores.map(({ column }) => sql.ref(column));
    const values = scores.map(({ value }) => sql`${value}`);
    await sql`insert into customer_scores (customer, run, ${sql.join(names)}) values (${i + 1}, 1, ${sql.join(values)})`.execute(
      db,
    );
  }
});

/** What is given: scores, by their columns, and traits. */
function partition(given: Record<string, unknown>) {
  const traits: Record<string, unknown> = {};
  const scores: { column: string; value: unknown }[] = [];
  for (const [name, value] of Object.entries(given)) {
    const known = library.catalogue.variable(name);
    if (known?.source.from !== "score") traits[name] = value;
    else scores.push({ column: known.source.column, value: known.type === "money" ? (value as number) * 100 : value });
  }
  return [scores, traits] as const;
}

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

  test("is the same in Chinese", () => {
    expect(pages["zh-CN"].rows).toEqual(rows);
    expect(pages["zh-CN"].blocks).toEqual(blocks);
    expect(pages["zh-CN"].catalogue.map(({ name, source }) => [name, source])).toEqual(
      pages.en.catalogue.map(({ name, source }) => [name, source]),
    );
  });

  test.each(["en", "zh-CN"] as const)("lists what `rules vars` lists, with type, unit and source (%s)", (locale) => {
    const listed = library.catalogue.described
      .filter(({ name }) => !name.startsWith("customer.traits."))
      .map(({ name, type, unit, source }) => ({
        name,
        type: TYPES[type]![locale],
        unit: unit?.[locale] ?? "",
        source,
      }));
    const shown = pages[locale].catalogue.filter(({ name }) => name !== "customer.traits.<name>");
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    expect(shown.toSorted(byName)).toEqual(listed.toSorted(byName));
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
