import { sql } from "kysely";
import type { Histories } from "../../stats/bg-nbd.ts";
import type { Spending } from "../../stats/gamma-gamma.ts";
import type { Tx } from "../database.ts";

export interface Moment {
  asOf: Date;
  /** zone of customers that have none of their own */
  homeZone: string;
}

export interface Bought {
  buyers: number;
  /** of them, those with a second purchase */
  repeatBuyers: number;
}

/**
 * Each buyer's history in days, for this transaction only: table purchases. A purchase is a day with paid orders, in the
 * customer's zone; its worth is what was paid less what was given back.
 */
export async function gatherPurchases(tx: Tx, { asOf, homeZone }: Moment): Promise<Bought> {
  // sorting and hashing whole tables, once a day: more memory for this transaction than for any other
  await sql`set local work_mem = '128MB'`.execute(tx);
  await sql`
    create temporary table purchases (
      customer bigint not null,
      x int not null, -- repeat purchases
      tx int not null, -- days from the first to the last
      t int not null, -- days from the first until now
      spent bigint not null -- minor units
    ) on commit drop`.execute(tx);
  await sql`
    insert into purchases
    select customer, count(*) - 1, max(day) - min(day), min(today) - min(day), sum(worth)
    from (
      select o.customer, (o.paid_at at time zone coalesce(c.timezone, ${homeZone}::text))::date as day,
        min((${asOf}::timestamptz at time zone coalesce(c.timezone, ${homeZone}::text))::date) as today,
        sum(o.amount - o.refunded) as worth
      from orders o join customers c on c.id = o.customer
      where o.status = 'paid' and o.paid_at <= ${asOf}
      group by 1, 2
    ) as days
    group by customer`.execute(tx);
  await sql`analyze purchases`.execute(tx);
  const { rows } = await sql<Bought>`
    select count(*) as buyers, count(*) filter (where x > 0) as "repeatBuyers" from purchases`.execute(tx);
  return rows[0]!;
}

/** All that BG/NBD needs to know of a base: how many customers have which history. */
export async function loadHistories(tx: Tx): Promise<Histories> {
  const { rows } = await sql<{ x: number; tx: number; t: number; n: number }>`
    select x, tx, t, count(*) as n from purchases group by x, tx, t`.execute(tx);
  return {
    x: Int32Array.from(rows, (row) => row.x),
    tx: Int32Array.from(rows, (row) => row.tx),
    T: Int32Array.from(rows, (row) => row.t),
    n: Int32Array.from(rows, (row) => row.n),
  };
}

/**
 * What repeat buyers spend, all purchases counted. Averages that differ by less than a thousandth are told together, at
 * their geometric mean: a base of any size becomes a list that fits in memory.
 */
export async function loadSpending(tx: Tx): Promise<Spending> {
  const { rows } = await sql<{ x: number; mean: number; n: number }>`
    select purchases as x, exp(avg(log_mean)) as mean, count(*) as n
    from (
      select x + 1 as purchases, ln(spent::float8 / (x + 1)) as log_mean from purchases where x > 0 and spent > 0
    ) as each_buyer
    group by purchases, round(log_mean * 1000)`.execute(tx);
  return {
    x: Int32Array.from(rows, (row) => row.x),
    mean: Float64Array.from(rows, (row) => row.mean),
    n: Int32Array.from(rows, (row) => row.n),
  };
}
