import { sql } from "kysely";
import { OPTION_BASE, OUTCOMES } from "../campaign/program.ts";
import type { Scope } from "./scope.ts";

/** Why something did not happen, happened later, or took another way. */
export interface Reason {
  step: string;
  /** "skipped", "deferred", "failed"; "queued" = it left, but not by the first channel */
  outcome: string;
  /** code as in the ledger: "no-consent:email" */
  reason: string;
  /** ledger rows that give it */
  decisions: number;
  members: number;
}

/** Every reason of every decision: one decision may carry several, so they do not add up to the decisions. */
export async function loadReasons(scope: Scope): Promise<Reason[]> {
  const { rows } = await sql<Omit<Reason, "outcome"> & { outcome: number }>`
    with by_member as (
      select l.step, l.outcome, r.reason, l.enrolment, count(*) as decisions
      from ledger l join enrolments e on e.id = l.enrolment
      cross join lateral unnest(l.reasons) as r (reason)
      where e.run = ${scope.run}
      group by l.step, l.outcome, r.reason, l.enrolment
    )
    select step, outcome, reason, sum(decisions)::int as decisions, count(*)::int as members
    from by_member group by step, outcome, reason
    order by outcome, decisions desc, step, reason`.execute(scope.tx);
  return rows.map((row) => ({ ...row, outcome: OUTCOMES[row.outcome] ?? `option ${row.outcome - OPTION_BASE + 1}` }));
}
