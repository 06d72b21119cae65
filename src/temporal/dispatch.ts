import { sql } from "kysely";
import { type Close, type Numbered, SIGNALS, type Stimulus } from "../../workflows/messages.ts";
import { CLOCK_NOW, now } from "../store/clock.ts";
import { numberStimuli } from "../store/cohort-record.ts";
import { type Database, transaction } from "../store/database.ts";
import { stimuliSent } from "../watch/metrics.ts";
import { spanWithin } from "../watch/trace.ts";
import { cohortWorkflowId, type Temporal } from "./client.ts";
import { refusedAs } from "./refusal.ts";

const PER_SIGNAL = 500;
const COHORTS_AT_ONCE = 8;

/**
 * Sends stored stimuli to their cohorts. Numbers are committed before the signal and `sent` after it, so a crash in
 * between only sends the same numbers again, which the cohort ignores.
 * @returns whether there may be more
 */
export async function dispatchStimuli(db: Database, temporal: Temporal, schema: string): Promise<boolean> {
  const { rows } = await sql<{ run: string; cohort: number }>`
    select s.run, s.cohort from stimuli s join cohorts c using (run, cohort)
    where s.sent_at is null and c.status <> 'starting'
      -- a clock that stands still waits for all; otherwise what may wait goes with the next that may not
      and s.send_after <= (
        select case when rate = 0 then 'infinity' else ${CLOCK_NOW} end from clock)
    group by s.run, s.cohort order by min(s.id) limit ${COHORTS_AT_ONCE}`.execute(db);
  const more = await Promise.all(rows.map(({ run, cohort }) => dispatchCohort(db, temporal, schema, run, cohort)));
  return rows.length === COHORTS_AT_ONCE || more.includes(true);
}

async function dispatchCohort(
  db: Database,
  temporal: Temporal,
  schema: string,
  run: string,
  cohort: number,
): Promise<boolean> {
  const { batch, traces } = await number(db, run, cohort);
  if (batch.length === 0) return false;
  const spans = traces.map((trace) =>
    spanWithin(trace, "stimulus sent", { kind: "client", attributes: { run, cohort } }),
  );
  const handle = temporal.client.workflow.getHandle(cohortWorkflowId(schema, run, cohort));
  try {
    await handle.signal<[Numbered[]]>(SIGNALS.stimuli, batch);
  } catch (error) {
    if (!refusedAs(error, "WorkflowNotFoundError")) throw error; // the cohort has ended: moot
  }
  await sql`
    update stimuli set sent_at = ${await now(db)}
    where run = ${run} and cohort = ${cohort} and number = any (${batch.map((stimulus) => stimulus.number)}::int[])`.execute(
    db,
  );
  stimuliSent.inc(batch.length);
  for (const span of spans) span?.end();
  return batch.length === PER_SIGNAL;
}

/** Gives numbers, in order of storing, under the cohort row's lock; those numbered before but not sent come first. */
async function number(db: Database, run: string, cohort: number): Promise<{ batch: Numbered[]; traces: string[] }> {
  return transaction(db, async (tx) => {
    await numberStimuli(tx, run, cohort);
    const { rows } = await sql<{ number: number; member: number; body: Stimulus | Close; trace: string | null }>`
      select number, member, body, trace from stimuli
      where run = ${run} and cohort = ${cohort} and sent_at is null order by number limit ${PER_SIGNAL}`.execute(tx);
    return {
      batch: rows.map(({ number, member, body }) => ({ number, member, stimulus: body })),
      traces: rows.flatMap(({ trace }) => trace ?? []),
    };
  });
}
