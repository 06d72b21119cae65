import { sql } from "kysely";
import type { Database, Tx } from "../database.ts";

/** null = cannot be said */
export interface CustomerScores {
  rfm: { recency: number; frequency: number; monetary: number; group: string } | null;
  churnRisk: number | null;
  orders30d: number | null;
  orders90d: number | null;
  orders365d: number | null;
  /** minor units */
  orderValue: number | null;
  /** minor units */
  value365d: number | null;
  tier: string | null;
  /** dimensions, 0 to 100 */
  tierScores: { value: number; depth: number; interaction: number; risk: number } | null;
  stage: string | null;
  leadScore: number | null;
  /** earliest first */
  changes: { what: "tier" | "stage"; was: string; became: string; at: string }[];
}

export async function loadScores(
  db: Database | Tx,
  customer: number,
): Promise<(CustomerScores & { scoredAt: Date }) | undefined> {
  const { rows } = await sql<CustomerScores & { scoredAt: Date }>`
    select r.at as "scoredAt",
      case when s.rfm_group is not null then jsonb_build_object('recency', s.rfm_recency, 'frequency', s.rfm_frequency,
        'monetary', s.rfm_monetary, 'group', s.rfm_group) end as rfm,
      s.churn_risk as "churnRisk", s.orders_30d as "orders30d", s.orders_90d as "orders90d",
      s.orders_365d as "orders365d", s.order_value as "orderValue", s.value_365d as "value365d", s.tier,
      case when s.tier_value is not null then jsonb_build_object('value', s.tier_value, 'depth', s.tier_depth,
        'interaction', s.tier_interaction, 'risk', s.tier_risk) end as "tierScores",
      s.stage, s.lead_score as "leadScore",
      coalesce((select jsonb_agg(jsonb_build_object('what', h.what, 'was', h.was, 'became', h.became, 'at', h.at)
        order by h.at, h.what) from score_changes h where h.customer = s.customer), '[]') as changes
    from customer_scores s join score_runs r on r.id = s.run
    where s.customer = ${customer}`.execute(db);
  return rows[0];
}
