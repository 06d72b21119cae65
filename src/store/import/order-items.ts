import { sql } from "kysely";
import type { Tx } from "../database.ts";
import { count, type Merged, NOTHING_MERGED } from "./staging.ts";

/** Staged lines into order_items: the items of an order are those that the file lists, in its order. */
export async function mergeOrderItems(tx: Tx): Promise<Merged> {
  await sql`analyze import_rows`.execute(tx);
  const dangling = await sql<{ line: number }>`
    delete from import_rows r where not exists (select from orders o where o.order_id = r.order_id)
    returning line`.execute(tx);
  const replaced = await sql`
    delete from order_items i using (select distinct order_id from import_rows) r where i.order_id = r.order_id`.execute(
    tx,
  );
  const total = await count(tx, sql`select count(*) as n from import_rows`);
  await sql`
    insert into order_items (order_id, line, sku, category, qty, price, data)
    select order_id, row_number() over (partition by order_id order by line), sku, category, qty, price, data
    from import_rows`.execute(tx);
  const updated = Math.min(total, Number(replaced.numAffectedRows ?? 0));
  return {
    ...NOTHING_MERGED,
    created: total - updated,
    updated,
    dangling: dangling.rows.map((row) => row.line).sort((a, b) => a - b),
  };
}
