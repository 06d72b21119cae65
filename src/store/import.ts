import { sql } from "kysely";
import type { Tx } from "./database.ts";
import { mergeCustomers } from "./import/customers.ts";
import { mergeEvents } from "./import/events.ts";
import { mergeOrderItems } from "./import/order-items.ts";
import { mergeOrders } from "./import/orders.ts";
import type { Merged, STAGING } from "./import/staging.ts";

/** Staged lines of a file into the tables that they are about, set-wise. */
export const MERGES: Record<keyof typeof STAGING, (tx: Tx, at: Date) => Promise<Merged>> = {
  customers: mergeCustomers,
  orders: mergeOrders,
  "order-items": mergeOrderItems,
  events: mergeEvents,
};

export interface ImportRow {
  what: string;
  /** file name without its folder */
  file: string;
  accepted: number;
  rejected: number;
  at: Date;
}

export async function insertImport(tx: Tx, row: ImportRow): Promise<void> {
  await sql`
    insert into imports (what, file, accepted, rejected, at)
    values (${row.what}, ${row.file}, ${row.accepted}, ${row.rejected}, ${row.at})`.execute(tx);
}

const TABLES: Record<keyof typeof STAGING, string[]> = {
  customers: ["customers", "contacts", "consents"],
  orders: ["customers", "orders"],
  "order-items": ["order_items"],
  events: ["customers", "events"],
};

/** Tells the planner about many new rows at once, rather than when autovacuum comes by. */
export async function analyzeImported(tx: Tx, what: keyof typeof STAGING): Promise<void> {
  for (const table of TABLES[what]) await sql`analyze ${sql.id(table)}`.execute(tx);
}
