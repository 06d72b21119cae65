import { sql } from "kysely";
import { absent, type InputError, nearest } from "../fault.ts";
import type { Database, Tx } from "./database.ts";

/** What most work needs to know about a customer; names and addresses are contact.ts's. */
export interface Customer {
  id: number;
  customerId: string;
  locale: string | null;
  timezone: string | null;
  owner: string | null;
}

/** Internal ids of customers by the name the outside uses; unknown ones are created. */
export async function ensureCustomers(tx: Tx, customerIds: string[], at: Date): Promise<Map<string, number>> {
  return (await reachCustomers(tx, customerIds, at)).ids;
}

export interface Reached {
  /** internal ids by the names asked for; two names may be one customer, who was merged from two */
  ids: Map<string, number>;
  /** of these, those that nobody knew before */
  created: number[];
}

/** Inserts in one order everywhere, so that two who create the same customers cannot deadlock. */
async function reachCustomers(tx: Tx, customerIds: string[], at: Date): Promise<Reached> {
  const wanted = [...new Set(customerIds)];
  if (wanted.length === 0) return { ids: new Map(), created: [] };
  const known = await find(tx, wanted);
  const missing = wanted.filter((id) => !known.has(id)).sort();
  if (missing.length === 0) return { ids: known, created: [] };
  const { rows } = await sql<{ id: number }>`
    insert into customers (customer_id, created_at)
    select customer_id, ${at} from unnest(${missing}::text[]) as u (customer_id)
    on conflict (customer_id) do nothing returning id`.execute(tx);
  // read again: one that somebody else created meanwhile is not returned
  return { ids: await find(tx, wanted), created: rows.map((row) => row.id) };
}

/** As `ensureCustomers`, and locks them for the rest of the transaction. */
export async function claimCustomers(tx: Tx, customerIds: string[], at: Date): Promise<Reached> {
  const known = await claimKnown(tx, [...new Set(customerIds)]);
  if (known) return { ids: known, created: [] };
  const created: number[] = [];
  for (;;) {
    const reached = await reachCustomers(tx, customerIds, at);
    created.push(...reached.created);
    const ids = [...new Set(reached.ids.values())];
    if ((await lockCustomers(tx, ids)).length === ids.length) return { ids: reached.ids, created };
    // one was merged into another while we waited for its lock: look again whom its name reaches now
  }
}

/**
 * Nearly always everybody is known by a name of their own: found and locked at once. Undefined: not so; whoever has to
 * create customers first holds no locks meanwhile.
 */
async function claimKnown(tx: Tx, wanted: string[]): Promise<Map<string, number> | undefined> {
  const { rows } = await sql<{ id: number; customer_id: string }>`
    with found as materialized (
      select id from customers where customer_id = any(${wanted}::text[])
    )
    select id, customer_id from customers
    where (select count(*) from found) = ${wanted.length} and id = any(array(select id from found))
    order by id for no key update`.execute(tx);
  return rows.length === wanted.length ? new Map(rows.map((row) => [row.customer_id, row.id])) : undefined;
}

/** What a customer who was merged into another was called reaches that other one. */
async function find(tx: Database | Tx, customerIds: string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: number; customer_id: string }>`
    select id, customer_id from customers where customer_id = any(${customerIds}::text[])
    union all
    select kept, customer_id from customer_merges where customer_id = any(${customerIds}::text[])`.execute(tx);
  return new Map(rows.map((row) => [row.customer_id, row.id]));
}

/**
 * Locks customers, in the order of their ids, for the rest of the transaction; returns them in that order.
 * "no key update" excludes every other locker, yet lets rows that merely refer to a customer be inserted meanwhile.
 */
export async function lockCustomers(tx: Tx, ids: number[]): Promise<Customer[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<Customer>`
    select id, customer_id as "customerId", locale, timezone, owner
    from customers where id = any(${ids}::bigint[]) order by id for no key update`.execute(tx);
  return rows;
}

/** What is said of a customer_id that nobody has; of those that come before and after it the nearest is named. */
export async function noCustomer(db: Database | Tx, customerId: string): Promise<InputError> {
  const { rows: merged } = await sql<{ into: string }>`
    select c.customer_id as into from customer_merges m join customers c on c.id = m.kept
    where m.customer_id = ${customerId}`.execute(db);
  if (merged[0]) {
    const { into } = merged[0];
    return absent(customerId, { en: `was merged into ${into}`, "zh-CN": `已并入 ${into}` });
  }
  const { rows } = await sql<{ id: string }>`
    (select customer_id as id from customers where customer_id >= ${customerId} order by customer_id limit 20)
    union all
    (select customer_id from customers where customer_id < ${customerId} order by customer_id desc limit 20)`.execute(
    db,
  );
  const near = nearest(
    customerId,
    rows.map((row) => row.id),
  );
  return absent(customerId, { en: "there is no such customer", "zh-CN": "没有这个客户" }, near);
}
