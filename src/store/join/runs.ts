import { sql } from "kysely";
import type { Database, Tx } from "../database.ts";

/** A run that takes joiners. */
export interface StandingRun {
  id: string;
  /** document hash */
  program: string;
  launchedAt: Date;
}

/** In one order everywhere: whoever joins several locks them in it, and of a group the one with the highest priority comes first. */
export async function loadStanding(db: Database | Tx): Promise<StandingRun[]> {
  const { rows } = await sql<StandingRun>`
    select id, program, launched_at as "launchedAt" from runs
    where standing and draining_at is null and status in ('starting', 'running', 'paused') order by priority desc, id`.execute(
    db,
  );
  return rows;
}

/** Segments that bring members into runs. */
export async function triggerSegments(tx: Tx): Promise<string[]> {
  const { rows } = await sql<{ segment: string }>`
    select distinct d.body #>> '{trigger,segment}' as segment from runs r join documents d on d.hash = r.program
    where r.standing and r.draining_at is null and r.status in ('starting', 'running', 'paused')
      and d.body #>> '{trigger,kind}' = 'segment' order by segment`.execute(tx);
  return rows.map((row) => row.segment);
}

export interface LockedRun {
  status: string;
  /** enrolments so far */
  joined: number;
  /** pauses that have ended */
  resumes: number;
}

/** Holds a run that takes joiners, so that numbers and limits are exact; undefined when it does not take any. */
export async function lockStanding(tx: Tx, run: string): Promise<LockedRun | undefined> {
  // locked first and read then: who waits here shall see the joiners that it waited for
  await sql`select from runs where id = ${run} for no key update`.execute(tx);
  const { rows } = await sql<LockedRun>`
    select status, joined, (select count(*)::int from run_pauses p where p.run = r.id and p.resumed_at is not null) as resumes
    from runs r where id = ${run} and standing and draining_at is null and status in ('starting', 'running', 'paused')`.execute(
    tx,
  );
  return rows[0];
}
