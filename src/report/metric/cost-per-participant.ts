import { sql } from "kysely";
import type { Measured } from "../../stats/verdict.ts";
import { members, type Scope } from "../scope.ts";

/** Minor units ÷ participants. Open: whoever may still take part; on the actual basis also the run itself, until it is over. */
export async function costPerParticipant(scope: Scope, basis: "actual" | "planned"): Promise<Measured> {
  const cost =
    basis === "planned"
      ? sql`select sum(planned) from budget_lines where run = ${scope.run}`
      : sql`select sum(amount) from budget_entries where run = ${scope.run}`;
  const { rows } = await sql<Measured>`
    select coalesce((${cost}), 0)::bigint as numerator, count(*) filter (where m.took_part)::int as denominator,
      count(*) filter (where m.may_still)::int as open
    from (${members(scope)}) m`.execute(scope.tx);
  const measured = rows[0]!;
  return basis === "actual" && !scope.over ? { ...measured, open: Math.max(measured.open, 1) } : measured;
}
