import { sql } from "kysely";
import type { Close, Stimulus } from "../../workflows/messages.ts";
import type { Minute } from "../campaign/program.ts";
import { minuteOf } from "./clock.ts";
import type { Tx } from "./database.ts";

/** Everything that is kept of a cohort outside its workflow. */
export interface CohortRecord {
  /** where a migration put the members, and the last stimulus that they had heard then */
  base: { states: number[][]; last: number } | null;
  /** the last number given to a stimulus; those without one are still to be sent */
  last: number;
  members: { member: number; enrolment: number; live: boolean }[];
  /** by enrolment, then "step occurrence attempt" */
  ledger: Map<number, Map<string, { outcome: number; at: Minute; value?: number }>>;
  /** numbered ones, in order; member -1: all */
  stimuli: { member: number; stimulus: Stimulus | Close }[];
  /** of the run, in order; `to` is Infinity while it stands still */
  pauses: { from: Minute; to: Minute }[];
}

/** Reads a cohort's record and holds its row, so that nothing is numbered meanwhile; all that is numbered counts as sent. */
export async function takeCohortRecord(tx: Tx, run: string, cohort: number, at: Date): Promise<CohortRecord> {
  const { rows: held } = await sql<Pick<CohortRecord, "last" | "base">>`
    select last_number as last, base from cohorts where run = ${run} and cohort = ${cohort} for update`.execute(tx);
  const { last, base } = held[0]!;
  const { rows: members } = await sql<CohortRecord["members"][number]>`
    select member, id as enrolment, status = 'live' as live from enrolments
    where run = ${run} and cohort = ${cohort} order by member`.execute(tx);
  const { rows: stimuli } = await sql<CohortRecord["stimuli"][number]>`
    select member, body as stimulus from stimuli
    where run = ${run} and cohort = ${cohort} and number > ${base?.last ?? 0} order by number`.execute(tx);
  const { rows: pauses } = await sql<{ from: Date; to: Date | null }>`
    select paused_at as from, resumed_at as to from run_pauses where run = ${run} order by paused_at`.execute(tx);
  await sql`
    update stimuli set sent_at = ${at}
    where run = ${run} and cohort = ${cohort} and number is not null and sent_at is null`.execute(tx);
  return {
    last,
    base,
    members,
    ledger: await decisions(tx, run, cohort),
    stimuli,
    pauses: pauses.map(({ from, to }) => ({ from: minuteOf(from), to: to ? minuteOf(to) : Infinity })),
  };
}

async function decisions(tx: Tx, run: string, cohort: number): Promise<CohortRecord["ledger"]> {
  const { rows } = await sql<{ enrolment: number; key: string; outcome: number; at: Date; value: number | null }>`
    select l.enrolment, l.step || ' ' || l.occurrence || ' ' || l.attempt as key, l.outcome, l.at, l.value
    from enrolments e join ledger l on l.enrolment = e.id
    where e.run = ${run} and e.cohort = ${cohort}`.execute(tx);
  const ledger: CohortRecord["ledger"] = new Map();
  for (const { enrolment, key, outcome, at, value } of rows) {
    const own = ledger.get(enrolment) ?? new Map();
    ledger.set(enrolment, own);
    own.set(key, { outcome, at: minuteOf(at), ...(value !== null && { value }) });
  }
  return ledger;
}

/** Gives numbers to what has been said since, in the order of storing, under the cohort row's lock. */
export async function numberStimuli(tx: Tx, run: string, cohort: number): Promise<void> {
  await sql`select 1 from cohorts where run = ${run} and cohort = ${cohort} for update`.execute(tx);
  await sql`
    with fresh as (
      select id, row_number() over (order by id) as nth from stimuli
      where run = ${run} and cohort = ${cohort} and number is null
    ), numbered as (
      update stimuli s set number = c.last_number + fresh.nth
      from fresh, cohorts c where s.id = fresh.id and c.run = ${run} and c.cohort = ${cohort}
      returning s.number
    )
    update cohorts set last_number = greatest(last_number, (select max(number) from numbered))
    where run = ${run} and cohort = ${cohort}`.execute(tx);
}
