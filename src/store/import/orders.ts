import { sql } from "kysely";
import type { Tx } from "../database.ts";
import { count, createNamedCustomers, dropDuplicates, followMerges, type Merged, NOTHING_MERGED } from "./staging.ts";

/**
 * Staged lines into orders. Orders are one by order_id, wherever they come from; one that came by an event stays as it
 * is, since conversions and rewards hang on it.
 */
export async function mergeOrders(tx: Tx, at: Date): Promise<Merged> {
  await followMerges(tx);
  const duplicates = await dropDuplicates(tx, "order_id");
  const newCustomers = await createNamedCustomers(tx, at);
  const total = await count(tx, sql`select count(*) as n from import_rows`);
  const known = await sql<{ imported: number; kept: number }>`
    select count(*) filter (where o.source = 'import') as imported, count(*) filter (where o.source <> 'import') as kept
    from import_rows r join orders o using (order_id)`.execute(tx);
  const { imported, kept } = known.rows[0]!;
  await sql`
    insert into orders (order_id, customer, paid_at, amount, refunded, currency, status, source)
    select r.order_id, c.id, r.paid_at, r.amount, r.refunded, r.currency, r.status, 'import'
    from import_rows r join customers c using (customer_id)
    order by r.order_id
    on conflict (order_id) do update
      set customer = excluded.customer, paid_at = excluded.paid_at, amount = excluded.amount,
          refunded = excluded.refunded, status = excluded.status
      where orders.source = 'import'
        and (orders.customer, orders.paid_at, orders.amount, orders.refunded, orders.status)
          is distinct from (excluded.customer, excluded.paid_at, excluded.amount, excluded.refunded, excluded.status)`.execute(
    tx,
  );
  return { ...NOTHING_MERGED, created: total - imported - kept, updated: imported, kept, duplicates, newCustomers };
}
