import { sql } from "kysely";
import type { Tx } from "./database.ts";
import { endEnrolments, shutOpen } from "./enrolment.ts";
import type { EventRow } from "./event.ts";
import { withhold } from "./withhold.ts";

export interface NewConversion {
  enrolment: number;
  customer: number;
  /** events.id */
  event: number;
  order_id: string | null;
  /** minor units */
  amount: number | null;
  /** when the event occurred */
  at: Date;
}

/** The sequence number places the reaction among the commits of messages to sending: both are drawn under the customer's lock. */
export async function insertConversions(tx: Tx, rows: NewConversion[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into conversions (enrolment, customer, event, order_id, amount, at, reacted_seq)
    select enrolment, customer, event, order_id, amount, at, nextval('commit_order')
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as c (enrolment bigint, customer bigint, event bigint, order_id text, amount bigint, at timestamptz)
    on conflict (enrolment) do nothing`.execute(tx);
}

/**
 * The goal, or what makes members leave, acts on enrolments (locked by the caller): threads of the old epoch are over, so
 * their waits, calls and challenges are shut and their promotions that have not left are withheld, with coupons given back.
 */
export async function supersede(
  tx: Tx,
  moved: { id: number; root: number }[],
  ended: number[],
  at: Date,
  reason = "converted",
): Promise<void> {
  const movedIds = moved.map((row) => row.id);
  const both = [...movedIds, ...ended];
  if (both.length === 0) return;
  await sql`
    update enrolments e set epoch = epoch + 1, position = coalesce(m.root, e.position)
    from unnest(${both}::bigint[], ${[...moved.map((row) => row.root), ...ended.map(() => null)]}::int[]) as m (id, root)
    where e.id = m.id`.execute(tx);
  if (ended.length > 0) await endEnrolments(tx, ended, reason, at);
  await shutOpen(tx, movedIds, reason, at);
  await withhold(
    tx,
    sql`e.id = any(${both}::bigint[]) and m.epoch < e.epoch and m.kind = 'promotion'`,
    reason === "converted" ? "superseded" : reason,
    at,
  );
}

/**
 * A refund's effect on conversions: what is left of the order is what it counts for; with nothing left it did not
 * happen, and, while the run still measures, another purchase may meet the goal. @returns enrolments that lost theirs
 */
export async function takeBackConversions(
  tx: Tx,
  orders: { orderId: string; left: number }[],
): Promise<{ enrolment: number; order_id: string }[]> {
  if (orders.length === 0) return [];
  await sql`
    update conversions c set amount = o.left
    from jsonb_to_recordset(${JSON.stringify(orders)}::jsonb) as o ("orderId" text, "left" bigint)
    where c.order_id = o."orderId" and o.left > 0`.execute(tx);
  const gone = orders.filter((order) => order.left <= 0).map((order) => order.orderId);
  const { rows } = await sql<{ enrolment: number; order_id: string }>`
    delete from conversions where order_id = any(${gone}::text[]) returning enrolment, order_id`.execute(tx);
  await sql`
    update waits w set status = 'open', outcome = null, met_by = null, met_at = null
    from enrolments e join runs r on r.id = e.run
    where w.enrolment = any(${rows.map((row) => row.enrolment)}::bigint[]) and w.kind = 'goal' and w.status = 'met'
      and e.id = w.enrolment and r.status not in ('closed', 'stopped')`.execute(tx);
  return rows;
}

export interface OrderState {
  order_id: string;
  customer: number;
  status: "paid" | "refunded" | "cancelled" | "pending";
  /** minor units, after refunds */
  left: number;
}

export async function loadOrderStates(tx: Tx, orderIds: string[]): Promise<Map<string, OrderState>> {
  const { rows } = await sql<OrderState>`
    select order_id, customer, status, amount - refunded as left from orders where order_id = any(${orderIds}::text[])`.execute(
    tx,
  );
  return new Map(rows.map((row) => [row.order_id, row]));
}

export interface ReactedEvent extends EventRow {
  customer: number;
  reaction: Record<string, unknown> | null;
}

/** Events, reacted to already, that open goals of these enrolments would take; a holder of the customers' locks sees all. */
export async function loadGoalEvents(tx: Tx, enrolments: number[], except: number[]): Promise<ReactedEvent[]> {
  const { rows } = await sql<ReactedEvent>`
    select e.id, e.source, e.event_id, e.customer_id, e.type, e.occurred_at, e.received_at, e.data, e.customer, e.reaction
    from waits w
    join events e on e.customer = w.customer and e.type = w.event_type and e.occurred_at between w.since and coalesce(w.until, 'infinity')
    where w.enrolment = any(${enrolments}::bigint[]) and w.kind = 'goal' and w.status = 'open'
      and e.reacted_at is not null and e.id <> all(${except}::bigint[])
    order by e.occurred_at, e.id`.execute(tx);
  return rows;
}

/** Refunds and cancellations that came before their order did. */
export async function loadEarlyRefunds(
  tx: Tx,
  orders: { customer: number; orderId: string }[],
): Promise<{ id: number; type: string; data: Record<string, unknown> }[]> {
  const { rows } = await sql<{ id: number; type: string; data: Record<string, unknown> }>`
    select e.id, e.type, e.data
    from unnest(${orders.map((order) => order.customer)}::bigint[], ${orders.map((order) => order.orderId)}::text[]) as o (customer, order_id)
    join events e on e.customer = o.customer and e.type in ('order.refunded', 'order.cancelled') and e.data ->> 'order_id' = o.order_id
    where e.reaction ->> 'order' = 'unknown'
    order by e.id`.execute(tx);
  return rows;
}
