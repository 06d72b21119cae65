import { sql } from "kysely";
import type { Database } from "../../../src/store/database.ts";
import { cdnow } from "../../stats/support/cdnow.ts";

const DAY = 86_400_000;

export interface Stored {
  id: string;
  /** days */
  x: number;
  tx: number;
  t: number;
  /** minor units of each purchase */
  worth: number;
}

/** CDNOW's customers as orders: the first, the last, and the others evenly between, all of one customer of one worth. */
export async function storeCdnow(db: Database, asOf: Date): Promise<Stored[]> {
  const customers = cdnow.map(({ x, tx, T, mean }, i) => ({
    id: `cd-${i + 1}`,
    x,
    tx: Math.round(tx * 7),
    t: Math.round(T * 7),
    worth: x > 0 ? Math.round(mean * 100) : 1_000 + (i % 7) * 500,
  }));
  const orders = customers.flatMap(({ id, x, tx, t, worth }) =>
    Array.from({ length: x + 1 }, (_, n) => ({
      key: `${id}-${n}`,
      id,
      worth,
      at: new Date(asOf.getTime() - (t - (x > 0 ? Math.round((n * tx) / x) : 0)) * DAY),
    })),
  );
  await sql`
    insert into customers (customer_id, created_at)
    select id, ${asOf} from jsonb_to_recordset(${JSON.stringify(customers)}::jsonb) as r (id text)`.execute(db);
  await sql`
    insert into orders (order_id, customer, paid_at, amount, currency, source)
    select key, c.id, at, worth, 'CNY', 'test'
    from jsonb_to_recordset(${JSON.stringify(orders)}::jsonb) as r (key text, id text, at timestamptz, worth bigint)
    join customers c on c.customer_id = r.id`.execute(db);
  return customers;
}
