import { sql } from "kysely";
import type { Measured } from "../../stats/verdict.ts";
import { members, type Scope } from "../scope.ts";

/** Open: whoever may still take part. */
export async function participationRate(scope: Scope): Promise<Measured> {
  const { rows } = await sql<Measured>`
    select count(*) filter (where m.took_part)::int as numerator, count(*)::int as denominator,
      count(*) filter (where m.may_still)::int as open
    from (${members(scope)}) m`.execute(scope.tx);
  return rows[0]!;
}
