import { DAY } from "../campaign/calendar.ts";
import { type RawBuilder, sql } from "kysely";
import type { CohortInput } from "../../workflows/contract.ts";
import { SIGNALS } from "../../workflows/messages.ts";
import { minuteOf, readClock } from "../store/clock.ts";
import type { Database, Tx } from "../store/database.ts";
import { freezeZone } from "../store/zone.ts";
import { cohortWorkflowId, runWorkflowId, type Temporal } from "./client.ts";
import { refusedAs } from "./refusal.ts";

/** A run's longest thinkable life; zones are frozen this far ahead. */
const HORIZON_MINUTES = 800 * DAY;
/** Cohorts started per call: a million enrolments shall not start in one burst. */
const STARTS = 20;

/**
 * Starts the workflow of every run that was launched and has none yet. A launch itself only writes rows, so that it
 * cannot be half-done when Temporal is away.
 */
export async function startRuns(db: Database, temporal: Temporal, schema: string): Promise<void> {
  const { rows } = await sql<{
    id: string;
  }>`select id from runs where status = 'starting' order by id limit 50`.execute(db);
  for (const { id } of rows) await startRun(temporal, schema, id);
}

/** The next cohorts that were enrolled at a run's launch. @returns how many may be left */
export async function startLaunched(db: Database, temporal: Temporal, schema: string, run: string): Promise<number> {
  return startCohorts(db, temporal, schema, run);
}

/** Cohorts that joiners have opened, or those let in from a line. @returns how many may be left */
export async function startOpened(db: Database, temporal: Temporal, schema: string): Promise<number> {
  return startCohorts(db, temporal, schema, null);
}

interface Starting {
  run: string;
  cohort: number;
  program: string;
  zone: string;
  size: number;
  opened_at: Date | null;
  /** absent while nobody is in */
  entered_at: Date | null;
  /** pauses that were over by then */
  resumes: number;
}

async function startCohorts(db: Database, temporal: Temporal, schema: string, run: string | null): Promise<number> {
  const rows = await beginnings(
    db,
    sql`c.status = 'starting' and ${run === null ? sql`(c.opened_at is not null or r.standing or r.lined)` : sql`c.run = ${run} and c.opened_at is null`}`,
  );
  if (rows.length === 0) return 0;
  const clock = await clockOf(db);
  await Promise.all(rows.map((row) => startCohort(temporal, schema, inputOf(row, clock))));
  await sql`
    update cohorts c set status = 'live'
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as s (run text, cohort int)
    where c.run = s.run and c.cohort = s.cohort and c.status = 'starting'`.execute(db);
  return rows.length === STARTS ? STARTS : 0;
}

/** What a cohort's workflow was, or would be, started with. */
export async function cohortInput(db: Database | Tx, run: string, cohort: number): Promise<CohortInput | undefined> {
  const [row] = await beginnings(db, sql`c.run = ${run} and c.cohort = ${cohort}`);
  return row && inputOf(row, await clockOf(db));
}

async function beginnings(db: Database | Tx, which: RawBuilder<unknown>): Promise<Starting[]> {
  const { rows } = await sql<Starting>`
    select c.run, c.cohort, r.program, c.zone, c.size, c.opened_at,
      (select min(entered_at) from enrolments e where e.run = c.run and e.cohort = c.cohort) as entered_at,
      (select count(*)::int from run_pauses p where p.run = c.run and c.opened_at is null and p.resumed_at <= (
        select min(entered_at) from enrolments e where e.run = c.run and e.cohort = c.cohort)) as resumes
    from cohorts c join runs r on r.id = c.run
    where ${which} order by c.run, c.cohort limit ${STARTS}`.execute(db);
  return rows;
}

async function clockOf(db: Database | Tx): Promise<CohortInput["clock"]> {
  return (await readClock(db)).rate === 1 ? "timer" : "stepped";
}

function inputOf(row: Starting, clock: CohortInput["clock"]): CohortInput {
  const { run, cohort, program, zone, size, entered_at: enteredAt, opened_at: openedAt, resumes } = row;
  const startAt = minuteOf(openedAt ?? enteredAt!);
  return {
    run,
    cohort,
    program,
    // those who join have stimuli of their own
    size: openedAt ? 0 : size,
    ...(openedAt && { open: true }),
    ...(resumes > 0 && { resumes }),
    last: 0,
    startAt,
    zone: freezeZone(zone, startAt - DAY, startAt + HORIZON_MINUTES),
    clock,
  };
}

/** @returns false when it runs already */
export async function startCohort(temporal: Temporal, schema: string, input: CohortInput): Promise<boolean> {
  return startOnce(temporal, "cohort", cohortWorkflowId(schema, input.run, input.cohort), input);
}

/** @returns false when it runs already */
export async function startRun(temporal: Temporal, schema: string, run: string): Promise<boolean> {
  return startOnce(temporal, "campaignRun", runWorkflowId(schema, run), { run });
}

async function startOnce(temporal: Temporal, workflow: string, workflowId: string, input: object): Promise<boolean> {
  try {
    await temporal.client.workflow.start(workflow, { workflowId, taskQueue: temporal.taskQueue, args: [input] });
    return true;
  } catch (error) {
    if (!refusedAs(error, "WorkflowExecutionAlreadyStartedError")) throw error; // started by an earlier try
    return false;
  }
}

/** Makes a run look at once whether it has moved on. */
export async function lookAtRun(temporal: Temporal, schema: string, run: string): Promise<void> {
  try {
    await temporal.client.workflow.getHandle(runWorkflowId(schema, run)).signal(SIGNALS.look);
  } catch (error) {
    if (!refusedAs(error, "WorkflowNotFoundError")) throw error;
  }
}
