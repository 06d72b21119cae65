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
    select d.customer, count(*) - 1, max(d.day) - min(d.day),
      (${asOf}::timestamptz at time zone coalesce(c.timezone, ${homeZone}::text))::date - min(d.day), sum(d.worth)
    from (
      select o.customer, (o.paid_at at time zone coalesce(k.timezone, ${homeZone}::text))::date as day,
        sum(o.amount - o.refunded) as worth
      from orders o join customers k on k.id = o.customer
      where o.status = 'paid' and o.paid_at <= ${asOf}
      group by 1, 2
    ) as d join customers c on c.id = d.customer
    group by d.customer, c.timezone`.execute(tx);
  await sql`analyze purchases`.execute(tx);
  const { rows } = await sql<Bought>`
    select count(*) as buyers, count(*) filter (where x > 0) as "repeatBuyers" from purchases`.execute(tx);
  return rows[0]!;
}

/** So many distinct histories are fitted as they are. */
const EXACT = 100_000;
/** Beyond, times are told in steps of so many parts of themselves, each at its middle. */
const PARTS = 32;

/**
 * All that BG/NBD needs to know of a base: how many customers have which history. In large bases nearly every history is
 * one customer's own; times are then rounded by at most 1.6 %, up as often as down, which moves the fit by less than it is
 * uncertain, and makes its work independent of the size of the base.
 */
export async function loadHistories(tx: Tx, exact = EXACT): Promise<Histories> {
  const { rows: counted } = await sql<{ n: number }>`
    select count(*) as n from (select from purchases group by x, tx, t) as distinct_ones`.execute(tx);
  const time = (name: "tx" | "t") => {
    const days = sql.ref(name);
    const step = sql`greatest(1, ${days} / ${sql.lit(PARTS)})`;
    return counted[0]!.n <= exact ? days : sql`(${days} - ${days} % ${step} + ${step} / 2)`;
  };
  const { rows } = await sql<{ x: number; tx: number; t: number; n: number }>`
    select x, ${time("tx")} as tx, ${time("t")} as t, count(*) as n from purchases group by 1, 2, 3`.execute(tx);
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
