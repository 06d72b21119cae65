import { type RawBuilder, sql } from "kysely";
import type { BgNbd } from "../../stats/bg-nbd.ts";
import type { GammaGamma } from "../../stats/gamma-gamma.ts";
import { RFM_CELLS } from "../../stats/rfm.ts";
import type { Tx } from "../database.ts";

/** How many purchases to expect of a customer who is still there; it depends on no more of the history than this. */
export interface Outlook {
  x: number;
  t: number;
  next30: number;
  next90: number;
  next365: number;
}

/** exp() of more is beyond a double, and Postgres refuses it. */
const LARGEST_EXPONENT = 700;
const CHUNK = 50_000;

export async function loadOutlooksAsked(tx: Tx): Promise<{ x: number; t: number }[]> {
  const { rows } = await sql<{ x: number; t: number }>`select distinct x, t from purchases order by x, t`.execute(tx);
  return rows;
}

/** Keeps them for this transaction: table outlooks, empty when there is no model. */
export async function keepOutlooks(tx: Tx, outlooks: Outlook[]): Promise<void> {
  await sql`
    create temporary table outlooks (
      x int not null, t int not null, next_30d float8 not null, next_90d float8 not null, next_365d float8 not null
    ) on commit drop`.execute(tx);
  for (let from = 0; from < outlooks.length; from += CHUNK) {
    const part = outlooks.slice(from, from + CHUNK);
    const column = (name: keyof Outlook) => part.map((each) => each[name]);
    await sql`
      insert into outlooks
      select * from unnest(${column("x")}::int[], ${column("t")}::int[], ${column("next30")}::float8[],
        ${column("next90")}::float8[], ${column("next365")}::float8[])`.execute(tx);
  }
  await sql`analyze outlooks`.execute(tx);
}

/** RFM and what the models expect, for every customer; whoever never bought has a row without either. */
export async function saveExpectations(tx: Tx, run: number, model?: BgNbd, value?: GammaGamma): Promise<void> {
  const quintile = (order: RawBuilder<unknown>) =>
    sql`(1 + 5 * (rank() over (order by ${order}) - 1) / count(*) over ())::int`;
  const cells = sql`jsonb_to_recordset(${JSON.stringify(RFM_CELLS)}::jsonb) as g (recency int, worth int, "group" text)`;
  await sql`
    insert into customer_scores (customer, run, rfm_recency, rfm_frequency, rfm_monetary, rfm_group,
      churn_risk, orders_30d, orders_90d, orders_365d, order_value, value_365d)
    select c.id, ${run}, q.recency, q.frequency, q.monetary, g."group", case when q.x > 0 then 1 - q.alive end,
      q.alive * l.next_30d, q.alive * l.next_90d, q.alive * l.next_365d, q.worth,
      round(q.worth::numeric * (q.alive * l.next_365d)::numeric)
    from customers c
    left join (
      select p.customer, p.x, p.t, ${alive(model)} as alive, ${worth(value)} as worth,
        ${quintile(sql`p.t - p.tx desc`)} as recency, ${quintile(sql`p.x`)} as frequency,
        ${quintile(sql`p.spent`)} as monetary
      from purchases p
    ) as q on q.customer = c.id
    left join outlooks l on l.x = q.x and l.t = q.t
    left join ${cells} on g.recency = q.recency and g.worth = (q.frequency + q.monetary + 1) / 2
    on conflict (customer) do update set run = excluded.run,
      rfm_recency = excluded.rfm_recency, rfm_frequency = excluded.rfm_frequency, rfm_monetary = excluded.rfm_monetary,
      rfm_group = excluded.rfm_group, churn_risk = excluded.churn_risk, orders_30d = excluded.orders_30d,
      orders_90d = excluded.orders_90d, orders_365d = excluded.orders_365d, order_value = excluded.order_value,
      value_365d = excluded.value_365d`.execute(tx);
  await sql`delete from customer_scores where run <> ${run}`.execute(tx);
}

/** probabilityAlive() of src/stats/bg-nbd.ts for the row p. */
function alive(model: BgNbd | undefined): RawBuilder<unknown> {
  if (!model) return sql`null::float8`;
  const [r, alpha, a, b] = [model.r, model.alpha, model.a, model.b].map((each) => sql`${each}::float8`);
  return sql`(case when p.x = 0 then 1 else 1 / (1 + exp(least(${sql.lit(LARGEST_EXPONENT)},
    ln(${a} / (${b} + p.x - 1)) + (${r} + p.x) * ln((${alpha} + p.t) / (${alpha} + p.tx))))) end)`;
}

/** expectedValue() of src/stats/gamma-gamma.ts for the row p, in whole minor units. */
function worth(model: GammaGamma | undefined): RawBuilder<unknown> {
  if (!model) return sql`null::bigint`;
  const [p, q, v] = [model.p, model.q, model.v].map((each) => sql`${each}::float8`);
  return sql`(${p} * (${v} + p.spent) / (${p} * (p.x + 1) + ${q} - 1))::bigint`;
}
