import { type RawBuilder, sql } from "kysely";
import type { Trace } from "../watch/trace.ts";
import { CLOCK_NOW } from "./clock.ts";
import { type Database, kept, type Tx } from "./database.ts";

/** What somebody says has happened. `data` is kept as it came. */
export interface NewEvent {
  source: string;
  /** unique within the source */
  id: string;
  type: string;
  /** customer_id, as the outside names customers */
  customerId: string;
  /** null: when it was received */
  occurredAt: Date | null;
  data: Record<string, unknown>;
  trace?: Trace;
}

/**
 * Begins the customer_id of somebody who is not known yet: "anonymous:" and what a site or an app calls the visitor. Such
 * events are kept and nothing reacts to them; they make no customer. When the visitor turns out to be a customer, they
 * become that customer's past (store/anonymous.ts).
 */
export const ANONYMOUS = "anonymous:";

export type Stored = "accepted" | "duplicate" | "future";

/**
 * Stores events in one statement, in the order of their keys so that two concurrent calls cannot lock each other out.
 * "future": occurred more than a day ahead of the clock, not stored.
 */
export async function insertEvents(db: Database | Tx, events: NewEvent[]): Promise<Stored[]> {
  const order = events.map((_, i) => i);
  order.sort((a, b) => compare(events[a]!.source, events[b]!.source) || compare(events[a]!.id, events[b]!.id));
  const column = <T>(pick: (event: NewEvent) => T) => order.map((i) => pick(events[i]!));
  const { rows } = await sql<{ future: number | null; source: string; event_id: string }>`${kept}
    with clock_now as (
      select ${CLOCK_NOW} as at from clock
    ), posted as (
      select p.*, coalesce(p.occurred, c.at) as occurred_at, c.at,
        coalesce(p.occurred > c.at + interval '24 hours', false) as future
      from rows from (
        unnest(${column((event) => event.source)}::text[], ${column((event) => event.id)}::text[],
          ${column((event) => event.customerId)}::text[], ${column((event) => event.type)}::text[],
          ${column((event) => event.occurredAt)}::timestamptz[], ${column((event) => event.trace ?? null)}::text[]),
        jsonb_array_elements(${JSON.stringify(column((event) => event.data))}::jsonb)
      ) with ordinality as p (source, event_id, customer_id, type, occurred, trace, data, nr) cross join clock_now c
    ), stored as (
      insert into events (source, event_id, customer_id, type, occurred_at, received_at, data, reacted_at, trace)
      select source, event_id, customer_id, type, occurred_at, at, data,
        case when starts_with(customer_id, ${ANONYMOUS}) then at end, trace
      from posted where not future order by nr
      on conflict (source, event_id) do nothing
      returning source, event_id
    )
    select null::bigint as future, source, event_id from stored
    union all
    select nr, source, event_id from posted where future`.execute(db);
  const stored = new Set(rows.filter((row) => row.future === null).map((row) => eventKey(row.source, row.event_id)));
  const future = new Set(rows.map((row) => row.future));
  const statuses = new Array<Stored>(events.length).fill("duplicate");
  order.forEach((i, place) => {
    const { source, id } = events[i]!;
    if (future.has(place + 1)) statuses[i] = "future";
    // the same event twice in one call: the first was stored, the others repeat it
    else if (stored.delete(eventKey(source, id))) statuses[i] = "accepted";
  });
  return statuses;
}

/** What names an event, as one text. */
export function eventKey(source: string, id: string): string {
  return `${source.length} ${source}${id}`;
}

export interface EventRow {
  id: number;
  source: string;
  event_id: string;
  customer_id: string;
  type: string;
  occurred_at: Date;
  received_at: Date;
  data: Record<string, unknown>;
  trace?: Trace | null;
}

/** Which of all unreacted events: those by their ids, or those of a share of the customers. */
export type Chosen = { ids: number[] } | { share: number; of: number };

/** The oldest events that nothing has reacted to and nobody else holds, locked until the transaction ends. */
export async function claimEvents(tx: Tx, limit: number, which?: Chosen): Promise<EventRow[]> {
  const chosen = which ? sql`and ${condition(which)}` : sql``;
  const { rows } = await sql<EventRow>`
    select id, source, event_id, customer_id, type, occurred_at, received_at, data, trace
    from events where reacted_at is null ${chosen} order by id limit ${limit} for update skip locked`.execute(tx);
  return rows;
}

function condition(which: Chosen): RawBuilder<unknown> {
  if ("ids" in which) return sql`id = any(${which.ids}::bigint[])`;
  return sql`(hashtextextended(customer_id, 0) & 1023) % ${sql.lit(which.of)} = ${sql.lit(which.share)}`;
}

/** How many events nothing has reacted to; counts no further than `most`. */
export async function countUnreacted(db: Database, most: number): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from (select from events where reacted_at is null limit ${most}) u`.execute(db);
  return rows[0]!.n;
}

/**
 * Whether somebody else reacts to earlier events of the same customers right now: by customer_id the first of them. The
 * customers are locked, so that none of theirs can be done before we are.
 */
export async function heldElsewhere(tx: Tx, events: EventRow[], which?: Chosen): Promise<Map<string, number>> {
  const ids = events.map((event) => event.id);
  if (await isAlone(tx, ids, which)) return new Map();
  const names = [...new Set(events.map((event) => event.customer_id))];
  const { rows } = await sql<{ customer_id: string; first: number }>`
    select customer_id, min(id) as first from events
    where reacted_at is null and id < ${Math.max(...ids)} and customer_id = any(${names}::text[]) and id <> all(${ids}::bigint[])
    group by customer_id`.execute(tx);
  return new Map(rows.map((row) => [row.customer_id, row.first]));
}

/** Whether nobody holds any earlier event of those to choose from: cheaper to ask than whose they are. */
async function isAlone(tx: Tx, ids: number[], which: Chosen | undefined): Promise<boolean> {
  if (which && "ids" in which) return false;
  const chosen = which ? sql`and ${condition(which)}` : sql``;
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from events where reacted_at is null and id <= ${Math.max(...ids)} ${chosen}`.execute(tx);
  return rows[0]!.n === ids.length;
}

/** From here on aggregates over the customer's events count them. */
export async function markReacted(tx: Tx, events: { id: number; customer: number | null }[], at: Date): Promise<void> {
  await sql`
    update events e set reacted_at = ${at}, customer = r.customer
    from unnest(${events.map((event) => event.id)}::bigint[], ${events.map((event) => event.customer)}::bigint[]) as r (id, customer)
    where e.id = r.id`.execute(tx);
}

/** What the reaction did, for `event show` and for the page that waits for it. */
export async function saveReactions(tx: Tx, rows: { id: number; reaction: unknown }[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    update events e set reaction = r.reaction::jsonb
    from unnest(${rows.map((row) => row.id)}::bigint[], ${rows.map((row) => JSON.stringify(row.reaction))}::text[]) as r (id, reaction)
    where e.id = r.id`.execute(tx);
}

/** What an event did after it was reacted to: an item at the end of one of its reaction's lists. */
export interface LaterReaction {
  /** events.id */
  id: number;
  list: string;
  item: unknown;
}

export async function addReactions(tx: Tx, rows: LaterReaction[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    update events e set reaction = coalesce(e.reaction, '{}') || m.reaction
    from (
      select id, jsonb_object_agg(list, coalesce(before, '[]') || items) as reaction
      from (
        select r.id, r.list, jsonb_agg(r.item) as items, o.reaction -> r.list as before
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id bigint, list text, item jsonb)
        join events o on o.id = r.id group by r.id, r.list, o.reaction
      ) l group by id
    ) m where e.id = m.id`.execute(tx);
}

/**
 * Data is as fresh as its last event. Written at most once a minute, and only looked at otherwise: every reactor would
 * else queue for these few rows.
 */
export async function noteFreshness(tx: Tx, sources: ("events" | "orders")[], at: Date): Promise<void> {
  await sql`
    insert into data_sources (source, rows, updated_at)
    select s.source, 0, ${at} from unnest(${sources}::text[]) as s (source)
    where not exists (select 1 from data_sources d where d.source = s.source and d.updated_at > ${at}::timestamptz - interval '1 minute')
    order by s.source
    on conflict (source) do update set updated_at = greatest(data_sources.updated_at, excluded.updated_at)`.execute(tx);
}

export interface EventView extends EventRow {
  reacted_at: Date | null;
  reaction: Record<string, unknown> | null;
}

/** Columns of an EventView, of the table events known as e. */
export const EVENT_VIEW = sql`e.id, e.source, e.event_id, e.customer_id, e.type, e.occurred_at, e.received_at, e.data,
  e.reacted_at, e.reaction`;

export async function findEvent(db: Database, source: string, eventId: string): Promise<EventView | undefined> {
  return (await findEvents(db, [{ source, id: eventId }]))[0];
}

/** Those of the named events that are stored, in no order. */
export async function findEvents(db: Database, keys: { source: string; id: string }[]): Promise<EventView[]> {
  const { rows } = await sql<EventView>`
    select ${EVENT_VIEW}
    from unnest(${keys.map((key) => key.source)}::text[], ${keys.map((key) => key.id)}::text[]) as k (source, event_id)
    join events e using (source, event_id)`.execute(db);
  return rows;
}

export async function findEventsById(db: Database | Tx, ids: number[]): Promise<EventView[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<EventView>`
    select ${EVENT_VIEW} from events e where e.id = any(${ids}::bigint[]) order by e.id`.execute(db);
  return rows;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
