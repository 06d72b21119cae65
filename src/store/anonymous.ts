import { sql } from "kysely";
import type { Database, Tx } from "./database.ts";
import { ANONYMOUS } from "./event.ts";

/** A visitor, by the name that a site or an app gave them, and the customer whom they turned out to be. */
export interface Link {
  anonymous: string;
  customer: number;
}

/**
 * Earlier events of visitors become their customers' past: facts that rules count, which start and steer nothing now.
 * Events that are somebody's already stay theirs. @returns how many events, by the visitor's name
 */
export async function linkAnonymous(tx: Tx, links: Link[]): Promise<Map<string, number>> {
  if (links.length === 0) return new Map();
  // of two customers who both claim a visitor the first one gets the events
  const first = new Map([...links].reverse().map((link) => [link.anonymous, link]));
  const rows = [...first.values()];
  const { rows: moved } = await sql<{ anonymous: string; n: number }>`
    with moved as (
      update events e set customer = l.customer
      from unnest(${rows.map((row) => ANONYMOUS + row.anonymous)}::text[], ${rows.map((row) => row.customer)}::bigint[]) as l (name, customer)
      where e.customer_id = l.name and e.customer is null and starts_with(e.customer_id, 'anonymous:')
      returning e.customer_id)
    select substr(customer_id, ${ANONYMOUS.length + 1}) as anonymous, count(*)::int as n from moved group by 1`.execute(
    tx,
  );
  return new Map(moved.map((row) => [row.anonymous, row.n]));
}

/**
 * Events of visitors who have not become anybody's past and were received before that time are gone for good: at most
 * `limit`, the oldest first. @returns how many
 */
export async function deleteVisitors(db: Database, before: Date, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from events where id in (
      select id from events
      where customer is null and starts_with(customer_id, 'anonymous:') and received_at < ${before}
      order by received_at limit ${limit} for update skip locked)`.execute(db);
  return Number(numAffectedRows ?? 0n);
}
