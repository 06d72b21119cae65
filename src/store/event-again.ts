import { sql } from "kysely";
import type { Tx } from "./database.ts";
import { ANONYMOUS, type EventRow } from "./event.ts";

export type { EventRow };

/**
 * Events of these that could not be worked with wait to be reacted to again, as those do that nobody has reacted to.
 * @returns both
 */
export async function reopenFailed(tx: Tx, ids: number[]): Promise<number[]> {
  await sql`
    update events set reacted_at = null, reaction = null where id = any(${ids}::bigint[]) and reaction ? 'error'`.execute(
    tx,
  );
  const { rows } = await sql<{ id: number }>`
    select id from events where id = any(${ids}::bigint[]) and reacted_at is null order by id`.execute(tx);
  return rows.map((row) => row.id);
}

/** An event that has been reacted to. */
export interface ReactedRow extends EventRow {
  /** internal id */
  customer: number;
  reaction: Record<string, unknown> | null;
}

/** Of these, in their order, those that something reacted to: not facts of the past, which act never. Locked. */
export async function lockReacted(tx: Tx, ids: number[]): Promise<ReactedRow[]> {
  const { rows } = await sql<ReactedRow>`
    select id, source, event_id, customer_id, type, occurred_at, received_at, data, customer, reaction
    from events
    where id = any(${ids}::bigint[]) and reacted_at is not null and customer is not null and not coalesce(reaction ? 'error', false)
      and source <> 'import' and not starts_with(customer_id, ${ANONYMOUS})
    order by id for no key update`.execute(tx);
  return rows;
}

/** Of these, those that wait to be reacted to and that nobody is reacting to now. Locked. */
export async function lockWaiting(tx: Tx, ids: number[]): Promise<EventRow[]> {
  const { rows } = await sql<EventRow>`
    select id, source, event_id, customer_id, type, occurred_at, received_at, data
    from events where id = any(${ids}::bigint[]) and reacted_at is null
    order by id for no key update skip locked`.execute(tx);
  return rows;
}

/** What an event means by now. */
export interface Reread {
  id: number;
  type: string;
  data: Record<string, unknown>;
}

export async function saveReread(tx: Tx, events: Reread[]): Promise<void> {
  if (events.length === 0) return;
  await sql`
    update events e set type = r.type, data = r.data
    from jsonb_to_recordset(${JSON.stringify(events)}::jsonb) as r (id bigint, type text, data jsonb)
    where e.id = r.id`.execute(tx);
}

/** Refunds that came before their orders have now been taken from them. */
export async function noteAppliedRefunds(tx: Tx, ids: number[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update events set reaction = reaction || jsonb_build_object('order', case type when 'order.cancelled' then 'cancelled' else 'refunded' end)
    where id = any(${ids}::bigint[])`.execute(tx);
}
