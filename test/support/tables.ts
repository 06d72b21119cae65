import { sql } from "kysely";
import type { Database } from "../../src/store/database.ts";

/** Every row of every table, as text, by table: to compare what stood before with what stands after. */
export async function allRows(db: Database, except: string[] = []): Promise<Record<string, string[]>> {
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = current_schema() and table_type = 'BASE TABLE' order by 1`.execute(db);
  const found: Record<string, string[]> = {};
  for (const { name } of tables) {
    if (except.includes(name)) continue;
    const { rows } = await sql<{ row: string }>`select t::text as row from ${sql.table(name)} t order by 1`.execute(db);
    found[name] = rows.map(({ row }) => row);
  }
  return found;
}
