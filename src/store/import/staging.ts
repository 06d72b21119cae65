import { sql } from "kysely";
import { lockNames } from "../customer-merge.ts";
import type { Tx } from "../database.ts";

/** Columns of the staging table per kind of file, after `line`, with their types. */
export const STAGING = {
  customers: {
    customer_id: "text",
    locale: "text",
    timezone: "text",
    owner: "text",
    traits: "jsonb",
    contacts: "jsonb",
    consents: "jsonb",
    consent_at: "timestamptz",
  },
  orders: {
    order_id: "text",
    customer_id: "text",
    paid_at: "timestamptz",
    amount: "bigint",
    refunded: "bigint",
    currency: "text",
    status: "text",
  },
  "order-items": { order_id: "text", sku: "text", category: "text", qty: "numeric", price: "bigint", data: "jsonb" },
  events: { event_id: "text", customer_id: "text", type: "text", occurred_at: "timestamptz", data: "jsonb" },
} as const;

/** What became of the staged lines. */
export interface Merged {
  /** rows that were not there before */
  created: number;
  /** rows that were there and are as the file says now */
  updated: number;
  /** lines that a later line of the same id replaced */
  duplicates: number;
  /** rows that were left as they are, since they came by an event */
  kept: number;
  /** customers that only this file knew of */
  newCustomers: number;
  /** lines that refer to something that is not there */
  dangling: number[];
  /** customers of the file that may not be written to on any channel */
  withoutConsent?: number;
  /** customers who have refused something themselves that the file grants; the refusal stands */
  refusalsKept?: number;
}
export const NOTHING_MERGED: Merged = { created: 0, updated: 0, duplicates: 0, kept: 0, newCustomers: 0, dangling: [] };

export async function createStaging(tx: Tx, kind: keyof typeof STAGING): Promise<string[]> {
  const columns = Object.entries(STAGING[kind]);
  const definition = columns.map(([name, type]) => `${name} ${type}`).join(", ");
  await sql`create temp table import_rows (line bigint not null, ${sql.raw(definition)}) on commit drop`.execute(tx);
  return ["line", ...columns.map(([name]) => name)];
}

/** Lines that name a customer who was merged into another are about that one. */
export async function followMerges(tx: Tx): Promise<void> {
  await lockNames(tx, "shared");
  await sql`
    update import_rows r set customer_id = c.customer_id
    from customer_merges m join customers c on c.id = m.kept where m.customer_id = r.customer_id`.execute(tx);
}

/** A file that still lists both says of the kept one what its own line says. @returns lines that are left out */
export async function dropMerged(tx: Tx): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from import_rows r
    using customer_merges m join customers c on c.id = m.kept
    where m.customer_id = r.customer_id and exists (select from import_rows o where o.customer_id = c.customer_id)`.execute(
    tx,
  );
  return Number(numAffectedRows ?? 0);
}

/** Of lines with the same id the last one stays. */
export async function dropDuplicates(tx: Tx, id: string): Promise<number> {
  await sql`analyze import_rows`.execute(tx);
  const column = sql.id(id);
  const { numAffectedRows } = await sql`
    delete from import_rows r
    using (select ${column} as id, max(line) as line from import_rows group by 1 having count(*) > 1) last
    where r.${column} = last.id and r.line < last.line`.execute(tx);
  return Number(numAffectedRows ?? 0);
}

/** Customers that the lines name and nobody knew of yet. */
export async function createNamedCustomers(tx: Tx, at: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into customers (customer_id, created_at)
    select distinct r.customer_id, ${at}::timestamptz
    from import_rows r
    where not exists (select from customers c where c.customer_id = r.customer_id)
    order by r.customer_id
    on conflict (customer_id) do nothing`.execute(tx);
  return Number(numAffectedRows ?? 0);
}

export async function count(tx: Tx, query: ReturnType<typeof sql<{ n: number }>>): Promise<number> {
  return (await query.execute(tx)).rows[0]!.n;
}
