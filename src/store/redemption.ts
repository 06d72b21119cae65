import { sql } from "kysely";
import type { Tx } from "./database.ts";

export interface Redemption {
  code: string;
  /** whose coupon it must be */
  customer: number;
  order_id: string | null;
  at: Date;
}

/**
 * Marks coupons as used by the customer they were given to. The shop has accepted it already, so one whose message was
 * not yet noted as sent, or that ran out meanwhile, counts too; one that was given back does not. @returns which of them are redeemed now
 */
export async function redeemCoupons(tx: Tx, rows: Redemption[]): Promise<boolean[]> {
  if (rows.length === 0) return [];
  const list = JSON.stringify(rows);
  await sql`
    update coupons c set status = 'redeemed', redeemed_at = r.at, order_id = r.order_id
    from jsonb_to_recordset(${list}::jsonb) as r (code text, customer bigint, order_id text, at timestamptz)
    where c.code = r.code and c.customer = r.customer and c.status in ('reserved', 'issued', 'expired')`.execute(tx);
  const { rows: redeemed } = await sql<{ code: string; customer: number }>`
    select c.code, c.customer from jsonb_to_recordset(${list}::jsonb) as r (code text, customer bigint)
    join coupons c on c.code = r.code and c.customer = r.customer and c.status = 'redeemed'`.execute(tx);
  return rows.map(({ code, customer }) => redeemed.some((row) => row.code === code && row.customer === customer));
}
