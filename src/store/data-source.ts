import { sql } from "kysely";
import type { Database, Tx } from "./database.ts";

/** How fresh one kind of imported data is. */
export interface DataSource {
  /** customers, orders, order-items, events */
  source: string;
  /** rows of its latest import */
  rows: number;
  updatedAt: Date;
}

export async function touchDataSource(tx: Tx, source: string, rows: number, at: Date): Promise<void> {
  await sql`
    insert into data_sources (source, rows, updated_at) values (${source}, ${rows}, ${at})
    on conflict (source) do update set rows = excluded.rows, updated_at = excluded.updated_at`.execute(tx);
}

export async function loadDataSources(db: Database | Tx): Promise<DataSource[]> {
  const { rows } = await sql<DataSource>`
    select source, rows, updated_at as "updatedAt" from data_sources order by source`.execute(db);
  return rows;
}
