import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from "@temporalio/client";
import { sql } from "kysely";
import type { CohortInput } from "../../workflows/contract.ts";
import { lookSignal } from "../../workflows/signals.ts";
import { minuteOf, readClock } from "../store/clock.ts";
import type { Database } from "../store/database.ts";
import { freezeZone } from "../store/zone.ts";
import { cohortWorkflowId, runWorkflowId, type Temporal } from "./client.ts";

/** A run's longest thinkable life; zones are frozen this far ahead. */
const HORIZON_MINUTES = 800 * 24 * 60;
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
  for (const { id } of rows) {
    try {
      await temporal.client.workflow.start("campaignRun", {
        workflowId: runWorkflowId(schema, id),
        taskQueue: temporal.taskQueue,
        args: [{ run: id }],
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }
}

/** The next cohorts that were enrolled at a run's launch. @returns how many may be left */
export async function startLaunched(db: Database, temporal: Temporal, schema: string, run: string): Promise<number> {
  return startCohorts(db, temporal, schema, run);
}

/** Cohorts that joiners have opened. @returns how many may be left */
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
  const { rows } = await sql<Starting>`
    select c.run, c.cohort, r.program, c.zone, c.size, c.opened_at,
      (select min(entered_at) from enrolments e where e.run = c.run and e.cohort = c.cohort) as entered_at,
      (select count(*)::int from run_pauses p where p.run = c.run and c.opened_at is null and p.resumed_at <= (
        select min(entered_at) from enrolments e where e.run = c.run and e.cohort = c.cohort)) as resumes
    from cohorts c join runs r on r.id = c.run
    where c.status = 'starting' and ${run === null ? sql`(c.opened_at is not null or r.standing)` : sql`c.run = ${run} and c.opened_at is null`}
    order by c.run, c.cohort limit ${STARTS}`.execute(db);
  if (rows.length === 0) return 0;
  const { rate } = await readClock(db);
  const clock = rate === 1 ? "timer" : "stepped";
  await Promise.all(rows.map((row) => startCohort(temporal, schema, inputOf(row, clock))));
  await sql`
    update cohorts c set status = 'live'
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as s (run text, cohort int)
    where c.run = s.run and c.cohort = s.cohort and c.status = 'starting'`.execute(db);
  return rows.length === STARTS ? STARTS : 0;
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
    zone: freezeZone(zone, startAt - 1440, startAt + HORIZON_MINUTES),
    clock,
  };
}

async function startCohort(temporal: Temporal, schema: string, input: CohortInput): Promise<void> {
  const workflowId = cohortWorkflowId(schema, input.run, input.cohort);
  try {
    await temporal.client.workflow.start("cohort", { workflowId, taskQueue: temporal.taskQueue, args: [input] });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error; // started by an earlier try
  }
}

/** Makes a run look at once whether it has moved on. */
export async function lookAtRun(temporal: Temporal, schema: string, run: string): Promise<void> {
  try {
    await temporal.client.workflow.getHandle(runWorkflowId(schema, run)).signal(lookSignal);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
