import { sql } from "kysely";
import type { Tx } from "../database.ts";

export interface Sizes {
  customers: number;
  rfm: Record<string, number>;
  tiers: Record<string, number>;
  stages: Record<string, number>;
  leadScore: { scored: number; average: number | null; most: number | null };
  expected: {
    /** customers for whom the models can say something */
    customers: number;
    orders365d: number | null;
    /** minor units */
    value365d: number | null;
    /** average risk of repeat buyers */
    churnRisk: number | null;
  };
}

/** How many customers are where, in one pass. */
export async function loadSizes(tx: Tx): Promise<Sizes> {
  const { rows } = await sql<{ what: string; name: string; n: number }>`
    select case when grouping(rfm_group) = 0 then 'rfm' when grouping(tier) = 0 then 'tiers' else 'stages' end as what,
      coalesce(rfm_group, tier, stage) as name, count(*) as n
    from customer_scores group by grouping sets (rfm_group, tier, stage)
    order by n desc, name`.execute(tx);
  const of = (what: string) =>
    Object.fromEntries(rows.filter((row) => row.what === what && row.name !== null).map(({ name, n }) => [name, n]));
  const { rows: sums } = await sql<Record<string, number | null>>`
    select count(*) as customers, count(lead_score) as scored, avg(lead_score) as average, max(lead_score) as most,
      count(orders_365d) as expected, sum(orders_365d) as orders, sum(value_365d)::float8 as value, avg(churn_risk) as risk
    from customer_scores`.execute(tx);
  const sum = sums[0]!;
  return {
    customers: sum.customers!,
    rfm: of("rfm"),
    tiers: of("tiers"),
    stages: of("stages"),
    leadScore: { scored: sum.scored!, average: sum.average!, most: sum.most! },
    expected: {
      customers: sum.expected!,
      orders365d: sum.orders!,
      value365d: sum.value === null ? null : Math.round(sum.value!),
      churnRisk: sum.risk!,
    },
  };
}
