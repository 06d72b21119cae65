import { sql } from "kysely";
import type { Measured } from "../../stats/verdict.ts";
import { goalOpen, type Scope } from "../scope.ts";

/** Open: who has not converted and whose conversion window has not passed. */
export async function conversionRate(scope: Scope): Promise<Measured> {
  const { rows } = await sql<Measured>`
    select count(c.enrolment)::int as numerator, count(*)::int as denominator,
      count(*) filter (where c.enrolment is null and w.open)::int as open
    from enrolments e
    left join conversions c on c.enrolment = e.id
    cross join lateral (${goalOpen(scope)}) w
    where e.run = ${scope.run} and e.arm = 'treatment'`.execute(scope.tx);
  return rows[0]!;
}
