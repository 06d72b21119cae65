import { sql } from "kysely";
import { refuse } from "../../fault.ts";
import { minuteOf, now } from "../../store/clock.ts";
import { type Database, transaction, type Tx } from "../../store/database.ts";
import { endEnrolments } from "../../store/enrolment.ts";
import { dropLine } from "../../store/entry.ts";
import { lookAtLineSoon } from "../../store/line-look.ts";
import { endJoining } from "../../store/join/cohorts.ts";
import { loadRun, type Run, setRunStatus } from "../../store/run.ts";
import { withhold } from "../../store/withhold.ts";
import type { Stimulus } from "../../../workflows/messages.ts";

const PAGE = 10_000;

/** Pauses a run: from the commit on nothing more is decided or sent for it. Wake "dispatch" afterwards. */
export async function pauseRun(db: Database, id: string): Promise<void> {
  await transaction(db, async (tx) => {
    const run = await loadRun(tx, id, "for update");
    // a large run takes minutes to start; its cohorts are told as they come
    if (!(await setRunStatus(tx, id, ["starting", "running"], "paused"))) throw wrongStatus(run, "running");
    const at = await now(tx);
    await sql`insert into run_pauses (run, paused_at) values (${id}, ${at})`.execute(tx);
    await tellCohorts(tx, id, { kind: "pause", at: minuteOf(at) }, at);
  });
}

/** Resumes a paused run; open waits last as much longer as the run stood still. Wake "dispatch" afterwards. */
export async function resumeRun(db: Database, id: string): Promise<void> {
  await transaction(db, async (tx) => {
    const run = await loadRun(tx, id, "for update");
    const { rows: starting } = await sql<{ left: boolean }>`
      select exists (select from cohorts where run = ${id} and status = 'starting' and opened_at is null) as left`.execute(
      tx,
    );
    const to = starting[0]!.left ? "starting" : "running";
    if (!(await setRunStatus(tx, id, ["paused"], to))) throw wrongStatus(run, "paused");
    const at = await now(tx);
    const { rows } = await sql<{ pausedAt: Date }>`
      update run_pauses set resumed_at = ${at} where run = ${id} and resumed_at is null
      returning paused_at as "pausedAt"`.execute(tx);
    await lookAtLineSoon(tx, id, at);
    // the machine shifts relative waits in the same way; conversion windows (kind goal) stand
    await sql`
      update waits w set until = w.until + (${at}::timestamptz - greatest(${rows[0]!.pausedAt}::timestamptz, w.since))
      from enrolments e
      where e.id = w.enrolment and e.run = ${id} and w.status = 'open' and w.kind in ('event', 'condition', 'task', 'survey')`.execute(
      tx,
    );
    await tellCohorts(tx, id, { kind: "resume", at: minuteOf(at) }, at);
  });
}

/** Ends a run for good: every live enrolment ends, what has not left is withheld. Wake "dispatch" afterwards. */
export async function stopRun(db: Database, id: string): Promise<void> {
  await transaction(db, async (tx) => {
    const run = await loadRun(tx, id, "for update");
    if (!(await setRunStatus(tx, id, ["starting", "running", "paused", "measuring"], "stopped")))
      throw wrongStatus(run, "running");
    const at = await now(tx);
    await dropLine(tx, id, at);
    // all customers first, as everywhere; ids are fetched in pages, since a run may have a million
    await sql`
      select count(*) from (
        select 1 from customers where id in (
          select customer from enrolments where run = ${id} and status = 'live' and arm = 'treatment')
        order by id for no key update) locked`.execute(tx);
    await sql`
      select count(*) from (select 1 from enrolments where run = ${id} order by id for no key update) locked`.execute(
      tx,
    );
    for (let from = 0; ;) {
      const { rows } = await sql<{ id: number }>`
        select id from enrolments where run = ${id} and status = 'live' and arm = 'treatment' and id > ${from}
        order by id limit ${PAGE}`.execute(tx);
      if (rows.length === 0) break;
      from = rows.at(-1)!.id;
      await endEnrolments(
        tx,
        rows.map((row) => row.id),
        "stopped",
        at,
      );
    }
    await withhold(tx, sql`m.run = ${id}`, "stopped", at);
    await sql`update tasks set status = 'closed' where run = ${id} and status = 'open' and kind = 'watch'`.execute(tx);
    await endJoining(tx, id, at);
    await tellCohorts(tx, id, { kind: "end", at: minuteOf(at) }, at);
  });
}

async function tellCohorts(tx: Tx, run: string, stimulus: Stimulus, at: Date): Promise<void> {
  await sql`
    insert into stimuli (run, cohort, member, body, created_at)
    select run, cohort, -1, ${JSON.stringify(stimulus)}::jsonb, ${at} from cohorts
    where run = ${run} and status <> 'ended'`.execute(tx);
}

function wrongStatus(run: Run, wanted: string) {
  return refuse(run.id, {
    en: `the run is ${run.status}; this needs a run that is ${wanted}`,
    "zh-CN": `该运行当前为 ${run.status}，此操作要求其为 ${wanted}`,
  });
}
