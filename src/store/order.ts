import { sql } from "kysely";
import type { Tx } from "./database.ts";

export interface NewOrder {
  orderId: string;
  customer: number;
  paidAt: Date;
  /** minor units */
  amount: number;
  currency: string;
  status: "paid" | "pending" | "refunded" | "cancelled";
  /** "import", or the source of its event */
  source: string;
  items?: NewItem[];
}
export interface NewItem {
  sku?: string;
  category?: string;
  qty: number;
  /** per unit, minor units */
  price?: number;
  /** other fields of the line */
  data?: Record<string, unknown>;
}

/**
 * Stores orders that are not known yet, and pays those that were pending. Returns the ids of both: an order told twice
 * (by a file and by an event, or by two events) counts once.
 */
export async function insertOrders(tx: Tx, orders: NewOrder[]): Promise<Set<string>> {
  if (orders.length === 0) return new Set();
  const unique = [...new Map(orders.map((order) => [order.orderId, order])).values()];
  const { rows } = await sql<{ order_id: string }>`
    insert into orders (order_id, customer, paid_at, amount, currency, status, source)
    select "orderId", customer, "paidAt", amount, currency, status, source
    from jsonb_to_recordset(${JSON.stringify(unique)}::jsonb)
      as r ("orderId" text, customer bigint, "paidAt" timestamptz, amount bigint, currency text, status text, source text)
    order by "orderId"
    on conflict (order_id) do update
      set paid_at = excluded.paid_at, amount = excluded.amount, status = excluded.status, source = excluded.source
      where orders.status = 'pending' and excluded.status <> 'pending'
    returning order_id`.execute(tx);
  const stored = new Set(rows.map((row) => row.order_id));
  await replaceItems(
    tx,
    unique.filter((order) => stored.has(order.orderId)),
  );
  return stored;
}

async function replaceItems(tx: Tx, orders: NewOrder[]): Promise<void> {
  const items = orders.flatMap(({ orderId, items }) =>
    (items ?? []).map((item, i) => ({ ...item, orderId, line: i + 1 })),
  );
  if (items.length === 0) return;
  const ids = [...new Set(items.map((item) => item.orderId))];
  await sql`delete from order_items where order_id = any(${ids}::text[])`.execute(tx);
  await sql`
    insert into order_items (order_id, line, sku, category, qty, price, data)
    select "orderId", line, sku, category, qty, price, coalesce(data, '{}')
    from jsonb_to_recordset(${JSON.stringify(items)}::jsonb)
      as r ("orderId" text, line int, sku text, category text, qty numeric, price bigint, data jsonb)`.execute(tx);
}

export interface Refund {
  orderId: string;
  /** minor units given back by this refund; absent = all of it */
  amount?: number;
  /** cancelled: it never came about */
  status: "refunded" | "cancelled";
}

/** What is left of an order after refunds; an order that is given back whole changes its status. Unknown ids are left out. */
export async function refundOrders(
  tx: Tx,
  refunds: Refund[],
): Promise<{ orderId: string; customer: number; left: number }[]> {
  if (refunds.length === 0) return [];
  const { rows } = await sql<{ orderId: string; customer: number; left: number }>`
    with asked as (
      select "orderId", sum(amount) as amount, bool_or(amount is null) as whole, min(status) as status
      from jsonb_to_recordset(${JSON.stringify(refunds)}::jsonb) as r ("orderId" text, amount bigint, status text)
      group by "orderId"
    )
    update orders o
    set refunded = case when a.whole then o.amount else least(o.amount, o.refunded + a.amount) end,
        status = case when o.status = 'cancelled' then o.status when a.whole or o.refunded + a.amount >= o.amount then a.status else o.status end
    from asked a where o.order_id = a."orderId"
    returning o.order_id as "orderId", o.customer, o.amount - o.refunded as "left"`.execute(tx);
  return rows;
}
