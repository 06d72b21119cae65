import { sql } from "kysely";
import type { Program } from "../campaign/program.ts";
import { type Database, type Tx, snapshot } from "../store/database.ts";
import { now as readNow } from "../store/clock.ts";
import { loadMissed } from "../store/join/dates.ts";
import type { RunStatus } from "../store/run.ts";
import { findRun } from "./find-run.ts";
import { type Head, loadHead } from "./head.ts";

/** One run among the others. Times ISO 8601, UTC. */
export interface RunLine {
  run: string;
  campaign: string;
  status: RunStatus;
  launchedAt: string;
  treated: number;
  holdout: number;
  live: number;
  converted: number;
  /** who is chosen and will enter when there is room */
  waiting: number;
  /** nobody enters any more */
  draining: boolean;
  /** members join one by one */
  standing: boolean;
  /** who will join unless something comes in between */
  settling: number;
}

/** Where a run stands now; from rows alone, so it answers even when every worker is down. */
export interface Status {
  head: Head;
  line: RunLine;
  /** live members by the root step that they have reached last; steps without members are left out */
  positions: { step: string; members: number }[];
  /** ended members by reason */
  ended: Record<string, number>;
  /** messages by status */
  messages: Record<string, number>;
  /** tasks by status, plan rows apart */
  tasks: Record<string, number>;
  plan: Record<string, number>;
  /** of a date trigger: local days on which nothing ran, and for which it is too late, and whose days they were */
  missed: { days: number; customers: number; latest: string | null };
  /** what has happened but not yet reached its cohort: above 0 for long means that no worker is running */
  backlog: { cohortsToStart: number; stimuliUnsent: number; eventsUnreacted: number };
}

export interface RunFilter {
  run?: string;
  campaign?: string;
  status?: RunStatus;
  /** those after this one */
  after?: Pick<RunLine, "launchedAt" | "run">;
  /** all when left out */
  limit?: number;
}

/** Latest first. */
export async function listRuns(db: Database | Tx, filter: RunFilter = {}): Promise<RunLine[]> {
  const { run = null, campaign = null, status = null, after, limit = null } = filter;
  const { rows } = await sql<Omit<RunLine, "launchedAt"> & { launched_at: Date }>`
    select r.id as run, r.campaign, r.status, r.launched_at, r.draining_at is not null as draining, r.standing,
      (select count(*) from settling t where t.run = r.id)::int as settling,
      (select count(*) from entries w where w.run = r.id and w.status = 'waiting')::int as waiting,
      count(e.id) filter (where e.arm = 'treatment')::int as treated, count(e.id) filter (where e.arm = 'holdout')::int as holdout,
      count(e.id) filter (where e.arm = 'treatment' and e.status = 'live')::int as live,
      count(c.enrolment) filter (where e.arm = 'treatment')::int as converted
    from (
      select * from runs
      where (${run}::text is null or id = ${run}) and (${campaign}::text is null or campaign = ${campaign})
        and (${status}::text is null or status = ${status})
        and (${after?.run ?? null}::text is null or (launched_at, id) < (${after?.launchedAt ?? null}::timestamptz, ${after?.run ?? null}))
      order by launched_at desc, id desc limit ${limit}
    ) r
    left join enrolments e on e.run = r.id
    left join conversions c on c.enrolment = e.id
    group by r.id, r.campaign, r.status, r.launched_at, r.draining_at, r.standing
    order by r.launched_at desc, r.id desc`.execute(db);
  return rows.map(({ launched_at, ...row }) => ({ ...row, launchedAt: launched_at.toISOString() }));
}

/** @throws InputError when there is no such run */
export async function loadStatus(db: Database, name: string): Promise<Status> {
  return snapshot(db, async (tx) => {
    const run = await findRun(tx, name);
    const { head, program } = await loadHead(tx, run, await readNow(tx));
    const [line] = await listRuns(tx, { run });
    const [missed] = await loadMissed(tx, run);
    const backlog = await sql<Status["backlog"]>`
      select (select count(*) from cohorts where run = ${run} and status = 'starting')::int as "cohortsToStart",
        (select count(*) from stimuli where run = ${run} and sent_at is null)::int as "stimuliUnsent",
        (select count(*) from events where reacted_at is null)::int as "eventsUnreacted"`.execute(tx);
    return {
      head,
      line: line!,
      positions: await positions(tx, run, program),
      ended: await counts(
        tx,
        sql`
        select coalesce(ended_reason, 'completed') as word from enrolments
        where run = ${run} and arm = 'treatment' and status <> 'live'`,
      ),
      messages: await counts(tx, sql`select status as word from messages where run = ${run}`),
      tasks: await counts(tx, sql`select status as word from tasks where run = ${run} and kind <> 'plan'`),
      plan: await counts(tx, sql`select status as word from tasks where run = ${run} and kind = 'plan'`),
      missed: { days: missed?.days ?? 0, customers: missed?.customers ?? 0, latest: missed?.latest ?? null },
      backlog: backlog.rows[0]!,
    };
  });
}

async function positions(tx: Tx, run: string, program: Program): Promise<Status["positions"]> {
  const { rows } = await sql<{ position: number; members: number }>`
    select position, count(*)::int as members from enrolments
    where run = ${run} and arm = 'treatment' and status = 'live' group by position order by position`.execute(tx);
  return rows.map(({ position, members }) => ({ step: program.roots[position] ?? String(position), members }));
}

async function counts(tx: Tx, words: ReturnType<typeof sql>): Promise<Record<string, number>> {
  const { rows } = await sql<{ word: string; count: number }>`
    select word, count(*)::int as count from (${words}) w group by word order by word`.execute(tx);
  return Object.fromEntries(rows.map((row) => [row.word, row.count]));
}
