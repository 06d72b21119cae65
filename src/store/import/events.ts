import { sql } from "kysely";
import type { Tx } from "../database.ts";
import { count, createNamedCustomers, dropDuplicates, followMerges, type Merged, NOTHING_MERGED } from "./staging.ts";

/**
 * Staged lines into events, as facts of the past: they count in rules but are marked as reacted to, so that they start,
 * steer and reward nothing. An event that is known already stays as it is.
 */
export async function mergeEvents(tx: Tx, at: Date): Promise<Merged> {
  await followMerges(tx);
  const duplicates = await dropDuplicates(tx, "event_id");
  const newCustomers = await createNamedCustomers(tx, at);
  const total = await count(tx, sql`select count(*) as n from import_rows`);
  const inserted = await sql`
    insert into events (source, event_id, customer_id, type, occurred_at, received_at, data, reacted_at, customer)
    select 'import', r.event_id, r.customer_id, r.type, r.occurred_at, ${at}::timestamptz, r.data, ${at}::timestamptz, c.id
    from import_rows r join customers c using (customer_id)
    order by r.line
    on conflict (source, event_id) do nothing`.execute(tx);
  const created = Number(inserted.numAffectedRows ?? 0);
  return { ...NOTHING_MERGED, created, kept: total - created, duplicates, newCustomers };
}
