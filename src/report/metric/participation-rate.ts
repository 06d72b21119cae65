import { sql } from "kysely";
import type { Measured } from "../../stats/verdict.ts";
import { mayStillTakePart, participants, type Scope } from "../scope.ts";

/** Open: whoever may still take part. */
export async function participationRate(scope: Scope): Promise<Measured> {
  const { rows } = await sql<Measured>`
    select
      (select count(*) from (${participants(scope)}) p)::int as numerator,
      (select count(*) from enrolments e where e.run = ${scope.run} and e.arm = 'treatment')::int as denominator,
      (select count(*) from (${mayStillTakePart(scope)}) m)::int as open`.execute(scope.tx);
  return rows[0]!;
}
