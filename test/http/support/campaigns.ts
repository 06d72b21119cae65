import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll } from "vitest";
import type { Database } from "../../../src/store/database.ts";

/** A campaign for everybody on the list "spring": one mail, then two days of waiting. */
export function spring(more: Record<string, unknown> = {}) {
  return {
    name: { "zh-CN": "春季", en: "Spring" },
    id: "spring",
    audience: { list: "spring" },
    journey: [
      { id: "hello", send: { channel: "email", template: "invite" } },
      { id: "rest", wait: { for: "P2D" } },
    ],
    ...more,
  };
}

/** rules/ of a test file's own with the list "spring" and more text in home.json. Call at top level. */
export async function springRules(home: Record<string, unknown> = {}, size = 3): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), "rules with a space "));
  afterAll(() => rm(parent, { recursive: true, force: true }));
  const rules = join(parent, "rules");
  await cp("rules", rules, { recursive: true });
  await mkdir(join(rules, "lists"), { recursive: true });
  await writeFile(join(rules, "lists", "spring.txt"), members(size).join("\n"));
  const own = { timezone: "Asia/Shanghai", currency: "CNY", locale: "zh-CN", brand: { en: "Tea", "zh-CN": "茶" } };
  await writeFile(join(rules, "home.json"), JSON.stringify({ ...own, ...home }));
  return rules;
}

/** Who is on the list. */
export async function springCustomers(db: Database, size = 3): Promise<void> {
  await sql`insert into customers (customer_id, created_at) select unnest(${members(size)}::text[]), now()`.execute(db);
}

function members(size: number): string[] {
  return Array.from({ length: size }, (_, i) => `S${i}`);
}

export async function countRuns(db: Database): Promise<number> {
  const { rows } = await sql<{ runs: number }>`select count(*)::int as runs from runs`.execute(db);
  return rows[0]!.runs;
}
