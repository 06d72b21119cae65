import { sql } from "kysely";
import type { Tx } from "./database.ts";
import { isZone } from "./zone.ts";

/** Whether both sides know a zone: Postgres counts days in it, and Node freezes it for cohorts. Never many, and they do not change. */
const known = new Map<string, boolean>();

/** Each customer's zone; whoever has none, or one that is not known on both sides, lives in the campaign's. */
export async function zonesOf(tx: Tx, customers: number[], otherwise: string): Promise<Map<number, string>> {
  const { rows } = await sql<{ id: number; timezone: string | null }>`
    select id, timezone from customers where id = any(${customers}::bigint[])`.execute(tx);
  const names = new Set(rows.flatMap((row) => row.timezone ?? []));
  const fresh = [...names].filter((name) => !known.has(name));
  if (fresh.length > 0) {
    const found = await sql<{ name: string }>`
      select name from pg_timezone_names where name = any(${fresh}::text[])`.execute(tx);
    const theirs = new Set(found.rows.map((row) => row.name));
    for (const name of fresh) known.set(name, theirs.has(name) && isZone(name));
  }
  return new Map(rows.map(({ id, timezone }) => [id, timezone !== null && known.get(timezone) ? timezone : otherwise]));
}
