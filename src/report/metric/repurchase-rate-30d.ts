import { sql } from "kysely";
import type { Measured } from "../../stats/verdict.ts";
import { mayStillTakePart, participants, participationSteps, type Scope } from "../scope.ts";

/** Open: participants without an order whose 30 days have not passed, and whoever may still become a participant. */
export async function repurchaseRate(scope: Scope): Promise<Measured> {
  const { rows } = await sql<Measured>`
    with windows as (${repurchaseWindows(scope)}),
    bought as (
      select distinct w.enrolment from windows w join orders o on o.customer = w.customer
      where o.status = 'paid' and o.refunded < o.amount
        and o.paid_at >= w.first_at and (w.until_at is null or o.paid_at < w.until_at)
    )
    select count(b.enrolment)::int as numerator, count(*)::int as denominator,
      (count(*) filter (where b.enrolment is null and (w.until_at is null or w.until_at > ${scope.now}))
        + (select count(*) from (${mayStillTakePart(scope)}) m))::int as open
    from windows w left join bought b on b.enrolment = w.enrolment`.execute(scope.tx);
  return rows[0]!;
}

/**
 * Per participant: (enrolment, customer, first_at, until_at). A challenge ends when it is shut, at the latest at 24:00 of
 * its last day, local time; of several the last counts. Without any, the enrolment's end does, and until_at is null before it.
 */
export function repurchaseWindows(scope: Scope) {
  return sql`
    select p.enrolment, p.customer, p.first_at,
      ((coalesce(max(least(h.closed_at, (date '1970-01-01' + h.first_day + h.days)::timestamp at time zone p.zone)),
                 max(e.ended_at)) at time zone p.zone) + interval '30 days') at time zone p.zone as until_at
    from (${participants(scope)}) p
    join enrolments e on e.id = p.enrolment
    left join challenges h on h.enrolment = p.enrolment and h.step = any(${participationSteps(scope.program)}::text[])
    group by p.enrolment, p.customer, p.zone, p.first_at`;
}
