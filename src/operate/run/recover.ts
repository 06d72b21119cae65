import { sql } from "kysely";
import { ENDED, pack } from "../../campaign/enrolment.ts";
import type { Program } from "../../campaign/program.ts";
import { refuse } from "../../fault.ts";
import { minuteOf, now } from "../../store/clock.ts";
import { takeCohortRecord } from "../../store/cohort-record.ts";
import { type Database, transaction } from "../../store/database.ts";
import { loadDocument } from "../../store/document.ts";
import { loadRun } from "../../store/run.ts";
import { cohortWorkflowId, runWorkflowId, type Temporal } from "../../temporal/client.ts";
import { isRunning } from "../../temporal/running.ts";
import { cohortInput, startCohort, startRun } from "../../temporal/start.ts";
import { rebuildCohort } from "./rebuild-cohort.ts";

export interface Recovered {
  run: string;
  /** cohorts whose workflow was gone and has been started again */
  restarted: number;
  /** those that run, and were left alone */
  running: number;
  /** members who go on in restarted cohorts */
  members: number;
  /** the run's own workflow was gone too */
  runRestarted: boolean;
}

/** Cohorts looked at side by side: each is read whole. */
const AT_ONCE = 4;

/**
 * Starts again whatever of a run's workflows Temporal has lost: cohorts from the ledger and from what was said to them,
 * so that every member stands where it stood and no effect comes twice. What runs is left alone; safe to repeat.
 * @throws InputError when there is no such run, or it is over
 */
export async function recoverRun(db: Database, temporal: Temporal, schema: string, id: string): Promise<Recovered> {
  const run = await loadRun(db, id);
  if (run.status === "closed" || run.status === "stopped") {
    throw refuse(id, {
      en: `the run is ${run.status}: there is nothing to recover`,
      "zh-CN": `该运行已为 ${run.status}，无需恢复`,
    });
  }
  // those that never started are started by the run itself
  const { rows } = await sql<{ cohort: number }>`
    select cohort from cohorts where run = ${id} and status = 'live' order by cohort`.execute(db);
  const recovered: Recovered = { run: id, restarted: 0, running: 0, members: 0, runRestarted: false };
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const alive = await Promise.all(
      rows.slice(from, from + AT_ONCE).map(({ cohort }) => recoverCohort(db, temporal, schema, id, cohort)),
    );
    for (const members of alive) {
      if (members === undefined) recovered.running += 1;
      else {
        recovered.restarted += 1;
        recovered.members += members;
      }
    }
  }
  if (!(await isRunning(temporal, runWorkflowId(schema, id)))) {
    recovered.runRestarted = await startRun(temporal, schema, id);
  }
  return recovered;
}

/** @returns members who go on; undefined when the workflow runs */
async function recoverCohort(
  db: Database,
  temporal: Temporal,
  schema: string,
  run: string,
  cohort: number,
): Promise<number | undefined> {
  if (await isRunning(temporal, cohortWorkflowId(schema, run, cohort))) return undefined;
  return transaction(db, async (tx) => {
    const at = await now(tx);
    const record = await takeCohortRecord(tx, run, cohort, at);
    const input = (await cohortInput(tx, run, cohort))!;
    const { code } = await loadDocument<Program>(tx, input.program);
    const { members, open } = rebuildCohort({ code, zone: input.zone }, input, record, minuteOf(at));
    // while its row is held nothing can be numbered that this start would not know of
    const started = await startCohort(temporal, schema, {
      ...input,
      ...(input.open && { open }),
      last: record.last,
      states: members.map(pack),
    });
    return started ? members.filter((member) => member.status !== ENDED).length : undefined;
  });
}

/** Runs that are not over, oldest first. */
export async function unfinishedRuns(db: Database): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from runs where status not in ('closed', 'stopped') order by launched_at, id`.execute(db);
  return rows.map((row) => row.id);
}
