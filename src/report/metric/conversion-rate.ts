import { sql } from "kysely";
import type { Measured } from "../../stats/verdict.ts";
import type { Scope } from "../scope.ts";

/** Open: who has not converted and whose conversion window has not passed. */
export async function conversionRate(scope: Scope): Promise<Measured> {
  const { rows } = await sql<Measured>`
    select count(c.enrolment)::int as numerator, count(*)::int as denominator,
      count(*) filter (where c.enrolment is null and w.enrolment is not null)::int as open
    from enrolments e
    left join conversions c on c.enrolment = e.id
    left join waits w on w.enrolment = e.id and w.kind = 'goal' and w.status = 'open'
      and (w.until is null or w.until > ${scope.now})
    where e.run = ${scope.run} and e.arm = 'treatment'`.execute(scope.tx);
  return rows[0]!;
}
