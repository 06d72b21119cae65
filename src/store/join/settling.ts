import { sql } from "kysely";
import type { Tx } from "../database.ts";

/** Somebody who is to join unless something comes in between. */
export interface Settling {
  run: string;
  customer: number;
  key: string;
  /** events.id of the latest that the trigger waits to be the last */
  event: number;
  /** clock time */
  due: Date;
}

/** Each further event puts the moment off; one that comes late, but occurred before, does not. */
export async function insertSettling(tx: Tx, rows: Settling[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into settling as s (run, customer, key, event, due)
    select distinct on (run, customer, key) run, customer, key, event, due
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (run text, customer bigint, key text, event bigint, due timestamptz)
    order by run, customer, key, due desc, event desc
    on conflict (run, customer, key) do update set event = excluded.event, due = excluded.due where excluded.due >= s.due`.execute(
    tx,
  );
}

/** Customers whose moment has come, and about whom no event waits to be reacted to. */
export async function customersDue(tx: Tx, run: string, at: Date, limit: number): Promise<number[]> {
  const { rows } = await sql<{ customer: number }>`
    select distinct s.customer from settling s
    where s.run = ${run} and s.due <= ${at} and not exists (
      select from events e join customers c on c.customer_id = e.customer_id
      where c.id = s.customer and e.reacted_at is null)
    limit ${limit}`.execute(tx);
  return rows.map((row) => row.customer);
}

export interface Settled {
  customer: number;
  key: string;
  event: number;
  data: Record<string, unknown>;
  /** something has called it off */
  off: boolean;
}

/**
 * Takes what is due of these customers (locked).
 * @param unless event types that call it off when they have occurred since
 * @param field path in an event's data that holds the key; an event with another one calls nothing off
 */
export async function takeSettled(
  tx: Tx,
  run: string,
  customers: number[],
  at: Date,
  { unless, field }: { unless: string[]; field: string[] },
): Promise<Settled[]> {
  const { rows } = await sql<Settled>`
    with gone as (
      delete from settling where run = ${run} and customer = any(${customers}::bigint[]) and due <= ${at}
      returning customer, key, event)
    select g.customer, g.key, g.event, e.data, exists (
        select from events u
        where u.customer = g.customer and u.type = any(${unless}::text[]) and u.reacted_at is not null
          and u.occurred_at >= e.occurred_at and u.id <> e.id
          and (g.key = '' or coalesce(u.data #>> ${field}::text[], g.key) = g.key)) as off
    from gone g join events e on e.id = g.event order by g.event`.execute(tx);
  return rows;
}
