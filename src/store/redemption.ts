import { sql } from "kysely";
import type { Tx } from "./database.ts";

export interface Redemption {
  code: string;
  /** whose coupon it must be */
  customer: number;
  order_id: string | null;
  at: Date;
}

/** A coupon that was used now, and what it was before. */
export interface RedeemedCoupon {
  enrolment: number;
  /** op name */
  step: string;
  occurrence: number;
  pool: string;
  run: string;
  /** document hash */
  program: string;
  before: "reserved" | "issued" | "expired";
}

/**
 * Marks coupons as used by the customer they were given to. The shop has accepted it already, so one whose message was
 * not yet noted as sent, or that ran out meanwhile, counts too; one that was given back does not.
 * @returns for each row whether its coupon is redeemed, and those that are so only now
 */
export async function redeemCoupons(
  tx: Tx,
  rows: Redemption[],
): Promise<{ redeemed: boolean[]; fresh: RedeemedCoupon[] }> {
  if (rows.length === 0) return { redeemed: [], fresh: [] };
  const list = JSON.stringify(rows);
  const { rows: fresh } = await sql<RedeemedCoupon>`
    with used as (
      select c.code, c.status as before, r.at, r.order_id, e.run, n.program
      from jsonb_to_recordset(${list}::jsonb) as r (code text, customer bigint, order_id text, at timestamptz)
      join coupons c on c.code = r.code and c.customer = r.customer and c.status in ('reserved', 'issued', 'expired')
      join enrolments e on e.id = c.enrolment join runs n on n.id = e.run
      order by c.code for update of c
    )
    update coupons c set status = 'redeemed', redeemed_at = u.at, order_id = u.order_id
    from used u where c.code = u.code
    returning c.enrolment, c.step, c.occurrence, c.pool, u.run, u.program, u.before`.execute(tx);
  const { rows: redeemed } = await sql<{ code: string; customer: number }>`
    select c.code, c.customer from jsonb_to_recordset(${list}::jsonb) as r (code text, customer bigint)
    join coupons c on c.code = r.code and c.customer = r.customer and c.status = 'redeemed'`.execute(tx);
  const isRedeemed = ({ code, customer }: Redemption) =>
    redeemed.some((row) => row.code === code && row.customer === customer);
  return { redeemed: rows.map(isRedeemed), fresh };
}
