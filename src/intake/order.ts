import {
  loadEarlyRefunds,
  loadGoalEvents,
  loadOrderStates,
  type OrderState,
  takeBackConversions,
} from "../store/conversion.ts";
import type { Tx } from "../store/database.ts";
import { noteAppliedRefunds } from "../store/event-again.ts";
import { insertOrders, type NewItem, type NewOrder, type Refund, refundOrders } from "../store/order.ts";
import type { Batch, Pending } from "./batch.ts";
import { type DataOf, dataOf } from "./event-data.ts";
import { postedAmount } from "./money.ts";
import type { Reaction } from "./reaction.ts";

type Item = NonNullable<DataOf<"order.paid">["items"]>[number];

/** order.paid, order.refunded, order.cancelled: the orders themselves, and conversions that a refund takes back. */
export async function recordOrders(tx: Tx, batch: Batch): Promise<Map<string, OrderState>> {
  const paid = batch.events.filter((event) => event.type === "order.paid");
  const undone = batch.events.filter((event) => event.type === "order.refunded" || event.type === "order.cancelled");
  if (paid.length + undone.length === 0) return new Map();
  const orders = paid.map((event) => newOrder(event, batch.home.currency));
  // the first to tell of an order is believed
  const first = new Map([...orders].reverse().map((order) => [order.orderId, order]));
  const stored = await insertOrders(tx, [...first.values()]);
  const early = await earlyRefunds(tx, batch, paid, stored);
  const states = await loadOrderStates(tx, [...orders.map((order) => order.orderId), ...undone.map(orderId)]);
  for (const event of paid) {
    const id = orderId(event);
    const theirs = states.get(id)?.customer === event.customer;
    event.reaction.order = !theirs ? "of-another-customer" : stored.delete(id) ? "stored" : "known";
  }
  const refunds: Refund[] = [...early];
  for (const event of undone) {
    const cancelled = event.type === "order.cancelled";
    const state = states.get(orderId(event));
    if (!state) event.reaction.order = "unknown";
    else if (state.customer !== event.customer) event.reaction.order = "of-another-customer";
    else {
      event.reaction.order = cancelled ? "cancelled" : "refunded";
      refunds.push(refund(event.type, event.data, batch.home.currency));
    }
  }
  const left = await refundOrders(tx, refunds);
  for (const row of left) {
    const state = states.get(row.orderId);
    if (state) Object.assign(state, { left: row.left }, row.left <= 0 && { status: "refunded" });
  }
  const takenBack = await takeBackConversions(tx, left);
  for (const gone of takenBack) {
    const cause = undone.find((event) => orderId(event) === gone.order_id);
    if (cause) (cause.reaction.takenBack ??= []).push(gone.enrolment);
  }
  await lookAgain(
    tx,
    batch,
    takenBack.map((gone) => gone.enrolment),
    states,
  );
  return states;
}

/** A customer whose first purchase was given back may have bought again since: that one counts now. */
async function lookAgain(tx: Tx, batch: Batch, enrolments: number[], states: Map<string, OrderState>): Promise<void> {
  if (enrolments.length === 0) return;
  const rows = await loadGoalEvents(
    tx,
    enrolments,
    batch.events.map((event) => event.id),
  );
  batch.earlier = rows.map((row) => ({ ...row, reaction: (row.reaction ?? {}) as Reaction }));
  const orders = await loadOrderStates(tx, batch.earlier.map(orderId));
  for (const [id, state] of orders) if (!states.has(id)) states.set(id, state);
}

/** Refunds that were reacted to before their order was known: now they have something to take from. */
async function earlyRefunds(tx: Tx, batch: Batch, paid: Pending[], stored: Set<string>): Promise<Refund[]> {
  const fresh = paid.filter((event) => stored.has(orderId(event)));
  if (fresh.length === 0) return [];
  const early = await loadEarlyRefunds(
    tx,
    fresh.map((event) => ({ customer: event.customer, orderId: orderId(event) })),
  );
  // one that is itself looked at again is applied there
  const rows = early.filter((row) => !batch.events.some((event) => event.id === row.id));
  // said with the event, so that looking at it again does not refund twice
  await noteAppliedRefunds(
    tx,
    rows.map((row) => row.id),
  );
  return rows.map(({ type, data }) => refund(type, data, batch.home.currency));
}

function refund(type: string, data: Record<string, unknown>, currency: string): Refund {
  const amount =
    type === "order.refunded" && data.amount !== undefined ? postedAmount(data.amount, currency) : undefined;
  const status = type === "order.cancelled" ? "cancelled" : "refunded";
  return { orderId: String(data.order_id), status, ...(amount !== undefined && { amount }) };
}

function newOrder(event: Pending, currency: string): NewOrder {
  const data = dataOf("order.paid", event, currency);
  return {
    orderId: data.order_id,
    customer: event.customer,
    paidAt: event.occurred_at,
    amount: postedAmount(data.amount, currency)!,
    currency,
    status: "paid",
    source: event.source,
    items: (data.items ?? []).map((item) => newItem(item, currency)),
  };
}

function newItem({ sku, category, qty, price, ...others }: Item, currency: string): NewItem {
  return {
    qty: qty ?? 1,
    ...(sku !== undefined && { sku }),
    ...(category !== undefined && { category }),
    ...(price !== undefined && { price: postedAmount(price, currency)! }),
    ...(Object.keys(others).length > 0 && { data: others }),
  };
}

function orderId(event: Pending): string {
  return String(event.data.order_id);
}
