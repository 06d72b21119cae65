import { sql } from "kysely";
import type { Scope } from "./scope.ts";

/** One local calendar day, as the customers' own zones count it. */
export interface Day {
  /** "2026-04-16" */
  day: string;
  checkIns: number;
  /** members that checked in on this day */
  members: number;
  /** members that have checked in up to and on this day */
  soFar: number;
  conversions: number;
}

/** From the first day of the first challenge (or the first happening) until the last happening, without gaps. */
export async function loadDaily({ tx, run }: Scope): Promise<Day[]> {
  const { rows } = await sql<Day>`
    with happened as (
      select k.day, k.enrolment, 'check-in' as what
      from check_ins k join enrolments e on e.id = k.enrolment where e.run = ${run}
      union all
      select (c.at at time zone e.zone)::date - date '1970-01-01', c.enrolment, 'conversion'
      from conversions c join enrolments e on e.id = c.enrolment where e.run = ${run} and e.arm = 'treatment'
    ),
    first_time as (select enrolment, min(day) as day from happened where what = 'check-in' group by enrolment),
    span as (
      select least(min(h.day), (select min(c.first_day) from challenges c join enrolments e on e.id = c.enrolment
                                where e.run = ${run})) as from_day, max(h.day) as to_day
      from happened h
    ),
    by_day as (
      select day, count(*) filter (where what = 'check-in')::int as check_ins,
        count(distinct enrolment) filter (where what = 'check-in')::int as members,
        count(*) filter (where what = 'conversion')::int as conversions
      from happened group by day
    ),
    joined as (select day, count(*)::int as newcomers from first_time group by day)
    select to_char(date '1970-01-01' + d.day, 'YYYY-MM-DD') as day, coalesce(b.check_ins, 0) as "checkIns",
      coalesce(b.members, 0) as members, coalesce(b.conversions, 0) as conversions,
      (sum(coalesce(j.newcomers, 0)) over (order by d.day))::int as "soFar"
    from span s cross join lateral generate_series(s.from_day, s.to_day) as d (day)
    left join by_day b on b.day = d.day
    left join joined j on j.day = d.day
    order by d.day`.execute(tx);
  return rows;
}
