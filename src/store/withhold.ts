import { type RawBuilder, sql } from "kysely";
import type { Tx } from "./database.ts";
import { settleMeans } from "./message-commit.ts";

/**
 * Messages that have not left never will; their coupons and costs go back. Enrolments are locked by the caller.
 * @param which condition on the message `m` and its enrolment `e`
 */
export async function withhold(tx: Tx, which: RawBuilder<unknown>, reason: string, at: Date): Promise<void> {
  const { rows } = await sql<{ enrolment: number; step: string; occurrence: number }>`
    update messages m set status = 'withheld', reason = ${reason}, claimed_until = null
    from enrolments e
    where e.id = m.enrolment and m.status in ('pending', 'claimed') and (${which})
    returning m.enrolment, m.step, m.occurrence`.execute(tx);
  await settleMeans(
    tx,
    rows.map((row) => ({ ...row, status: "withheld" })),
    at,
  );
}
