import { type RawBuilder, sql } from "kysely";
import { inMinutes } from "../campaign/duration.ts";
import type { Program } from "../campaign/program.ts";
import type { Tx } from "./database.ts";

/** Somebody who is to be enrolled. */
export interface Entrant {
  /** customer */
  id: number;
  key: string;
  zone: string;
  /** within the run */
  number: number;
  arm: "treatment" | "holdout";
  /** n-th time under this key */
  entry: number;
  /** what brought them */
  trigger: Record<string, unknown>;
}

/**
 * Enrols, with their goal's waits, and cuts the treated into new cohorts per zone, which the worker then starts.
 * @param entrants a query of Entrant
 * @returns how many
 */
export async function enrol(
  tx: Tx,
  program: Program,
  run: string,
  entrants: RawBuilder<Entrant>,
  at: Date,
): Promise<number> {
  const { rows } = await sql<{ enrolled: number }>`
    with placed as (
      select *, row_number() over (partition by arm, zone order by number) - 1 as nth from (${entrants}) e
    ), cut as (
      select *, (select coalesce(max(cohort) + 1, 0) from cohorts where run = ${run})
                  + dense_rank() over (partition by arm order by zone, nth / ${program.cohortSize}::int) - 1 as cohort
      from placed
    ), enrolled as (
      insert into enrolments (run, campaign, customer, key, number, arm, cohort, member, zone, entered_at, entry, trigger)
      select ${run}, ${program.campaign}, id, key, number, arm, case when arm = 'treatment' then cohort end,
             case when arm = 'treatment' then nth % ${program.cohortSize}::int end, zone, ${at}, entry, trigger
      from cut
      returning id, customer, cohort, zone
    ), started as (
      insert into cohorts (run, cohort, workflow_id, zone, size)
      select ${run}, cohort, 'cohort/' || ${run} || '/' || cohort, min(zone), count(*)
      from enrolled where cohort is not null group by cohort
    ) ${goalWaits(program, at)}
    select count(*)::int as enrolled from enrolled`.execute(tx);
  return rows[0]!.enrolled;
}

function goalWaits(program: Program, at: Date): RawBuilder<unknown> {
  const { convert } = program.goal;
  if (!convert) return sql``;
  return sql`, waiting as (
      insert into waits (enrolment, step, occurrence, kind, customer, event_type, since, until)
      select id, 'goal', 1, 'goal', customer, ${convert.event}, ${at},
             ${at}::timestamptz + make_interval(mins => ${inMinutes(convert.within)}::int)
      from enrolled
    )`;
}
