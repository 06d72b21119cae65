import { sql } from "kysely";
import type { Day } from "../campaign/program.ts";
import type { Database, Tx } from "./database.ts";

export interface RunPhase {
  /** index in the program */
  phase: number;
  id: string;
  startDay: Day;
}

export async function loadPhases(db: Database | Tx, run: string): Promise<RunPhase[]> {
  const { rows } = await sql<RunPhase>`
    select phase, id, start_day as "startDay" from run_phases where run = ${run} order by phase`.execute(db);
  return rows;
}

/** Moves the phases from index `from` on by whole days, with the plan rows in them that are still to be done. */
export async function movePhases(tx: Tx, run: string, from: number, days: number, zone: string): Promise<void> {
  await sql`update run_phases set start_day = start_day + ${days} where run = ${run} and phase >= ${from}`.execute(tx);
  // local days, so that a row due at midnight stays due at midnight across a change of the clocks
  await sql`
    update tasks t
    set from_at = (t.from_at at time zone ${zone} + make_interval(days => ${days})) at time zone ${zone},
        due_at = (t.due_at at time zone ${zone} + make_interval(days => ${days})) at time zone ${zone}
    from run_phases p
    where t.run = ${run} and t.kind = 'plan' and t.status in ('open', 'overdue')
      and p.run = t.run and p.id = t.phase and p.phase >= ${from}`.execute(tx);
}

/**
 * Locks the run's gates, so that of two that are closed at once the second sees the first, and members that are just
 * asking whether a gate is open have stored their waits.
 */
export async function lockGates(tx: Tx, run: string): Promise<void> {
  await sql`
    select 1 from tasks where run = ${run} and kind = 'plan' and gate order by id for update`.execute(tx);
}

/** Members of one cohort that wait for the same phase. */
export interface PhaseWait {
  cohort: number;
  zone: string;
  /** op name */
  step: string;
  occurrence: number;
  members: number;
}

/** Meets open waits for phases, of the ops named. @returns what was met, by cohort */
export async function meetPhaseWaits(
  tx: Tx,
  run: string,
  steps: string[],
  outcome: number,
  at: Date,
): Promise<PhaseWait[]> {
  const { rows } = await sql<PhaseWait>`
    with met as (
      update waits w set status = 'met', outcome = ${outcome}, met_at = ${at}
      from enrolments e
      where e.id = w.enrolment and e.run = ${run} and w.kind = 'phase' and w.status = 'open' and w.step = any(${steps}::text[])
      returning e.cohort, e.zone, w.step, w.occurrence
    )
    select cohort, zone, step, occurrence, count(*)::int as members from met
    group by cohort, zone, step, occurrence order by cohort, step, occurrence`.execute(tx);
  return rows;
}
