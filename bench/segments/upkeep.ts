import { sql } from "kysely";
import { type Database, transaction } from "../../src/store/database.ts";
import { medianOf, timed } from "../measure.ts";
import { AS_OF } from "./world.ts";

const UNDONE = new Error("measured, not kept");

/** What keeping the summary rows costs: microseconds per order, with and without, for imports and for single orders. */
export async function measureUpkeep(db: Database, customers: number, quick: boolean) {
  const many = quick ? 20_000 : 100_000;
  const singles = quick ? 200 : 1_000;
  const insert = (from: number, count: number) =>
    sql`
      insert into orders (order_id, customer, paid_at, amount, currency, source)
      select 'u' || i, 1 + (i * 7919::bigint) % ${sql.lit(customers)}, ${AS_OF}, 100, 'CNY', 'bench'
      from generate_series(${sql.lit(from)}, ${sql.lit(from + count - 1)}) as i`;
  const measure = async (kept: boolean) => {
    const figures = { bulk: 0, single: 0 };
    await transaction(db, async (tx) => {
      if (!kept) await sql`alter table orders disable trigger user`.execute(tx);
      figures.bulk = (await timed(() => insert(1, many).execute(tx))).ms / many;
      const times: number[] = [];
      for (let i = 0; i < singles; i++) times.push((await timed(() => insert(many + 1 + i, 1).execute(tx))).ms);
      figures.single = medianOf(times);
      throw UNDONE;
    }).catch((error: unknown) => {
      if (error !== UNDONE) throw error;
    });
    return { bulkUs: Math.round(figures.bulk * 10_000) / 10, singleUs: Math.round(figures.single * 10_000) / 10 };
  };
  const figures = { without: await measure(false), kept: await measure(true) };
  await sql`vacuum orders`.execute(db);
  await sql`vacuum customer_orders`.execute(db);
  return figures;
}
