import { sql } from "kysely";
import type { Database, Tx } from "./database.ts";
import { isZone } from "./zone.ts";

/** Zones asked about so far. Never many, and they do not change. */
const known = new Map<string, boolean>();

/** Of these, the zones that both sides know: Postgres counts days in them, and Node freezes them for cohorts. */
export async function zonesKnown(db: Database | Tx, names: string[]): Promise<string[]> {
  const fresh = names.filter((name) => !known.has(name));
  if (fresh.length > 0) {
    const found = await sql<{ name: string }>`
      select name from pg_timezone_names where name = any(${fresh}::text[])`.execute(db);
    const theirs = new Set(found.rows.map((row) => row.name));
    for (const name of fresh) known.set(name, theirs.has(name) && isZone(name));
  }
  return names.filter((name) => known.get(name));
}

/** Each customer's zone; whoever has none, or one that is not known on both sides, lives in the campaign's. */
export async function zonesOf(tx: Tx, customers: number[], otherwise: string): Promise<Map<number, string>> {
  const { rows } = await sql<{ id: number; timezone: string | null }>`
    select id, timezone from customers where id = any(${customers}::bigint[])`.execute(tx);
  const zones = new Set(await zonesKnown(tx, [...new Set(rows.flatMap((row) => row.timezone ?? []))]));
  return new Map(rows.map(({ id, timezone }) => [id, timezone !== null && zones.has(timezone) ? timezone : otherwise]));
}
