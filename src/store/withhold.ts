import { type RawBuilder, sql } from "kysely";
import { releaseCoupons } from "./coupon.ts";
import type { Tx } from "./database.ts";

/**
 * Messages that have not left never will; their coupons go back. Enrolments are locked by the caller.
 * @param which condition on the message `m` and its enrolment `e`
 */
export async function withhold(tx: Tx, which: RawBuilder<unknown>, reason: string): Promise<void> {
  const { rows } = await sql<{ enrolment: number; step: string; occurrence: number }>`
    update messages m set status = 'withheld', reason = ${reason}, claimed_until = null
    from enrolments e
    where e.id = m.enrolment and m.status in ('pending', 'claimed') and (${which})
    returning m.enrolment, m.step, m.occurrence`.execute(tx);
  await releaseCoupons(tx, rows);
}
