import { type RawBuilder, sql } from "kysely";
import { now } from "./clock.ts";
import type { Database, Tx } from "./database.ts";

/** Clock time after which a line is looked at although nothing was heard of it. */
const LOOK_MINUTES = 15;

/** A run whose line is worth looking at. */
export interface DueLine {
  run: string;
  campaign: string;
  group: string | null;
}

/** Somebody's place has become free, which others may wait for. */
export interface Wake {
  id: number;
  run: string;
}

/** A place in the run, or before others in its line, has become free: lines of its campaign and group are looked at. */
export async function wakeLines(tx: Tx, run: string): Promise<void> {
  await sql`insert into line_wakes (run) values (${run})`.execute(tx);
}

/** For lines that stood still with their run: it is worth looking at once. */
export async function lookAtLineSoon(tx: Tx, run: string, at: Date): Promise<void> {
  await sql`update line_looks set due = ${at} where run = ${run}`.execute(tx);
}

/**
 * Notes when time alone will let somebody in.
 * @param due null: nobody waits
 */
export async function saveLineLook(tx: Tx, run: string, due: Date | null, at: Date): Promise<void> {
  // a first look is followed by one after the commit: what became free meanwhile was told to nobody
  await sql`
    insert into line_looks (run, due, looked_at) values (${run}, ${at}, ${at})
    on conflict (run) do update set due = coalesce(${due}::timestamptz, 'infinity'), looked_at = excluded.looked_at`.execute(
    tx,
  );
}

export async function loadWakes(db: Database): Promise<Wake[]> {
  const { rows } = await sql<Wake>`select id, run from line_wakes order by id`.execute(db);
  return rows;
}

export async function forgetWakes(db: Database, wakes: Wake[]): Promise<void> {
  if (wakes.length === 0) return;
  await sql`delete from line_wakes where id = any(${wakes.map(({ id }) => id)}::bigint[])`.execute(db);
}

/** The line with the highest priority of a group comes first. */
export async function dueLines(db: Database, wakes: Wake[]): Promise<DueLine[]> {
  const woken = [...new Set(wakes.map(({ run }) => run))];
  const { rows } = await sql<DueLine>`
    select l.run, r.campaign, r.exclusive_group as "group" from line_looks l join runs r on r.id = l.run
    where ${letsIn()} and (${isDue(await now(db))} or ${isWoken(sql`w.id = any(${woken}::text[])`)})
    order by r.priority desc, l.run`.execute(db);
  return rows;
}

/** For a clock that is stepped: lines that are still to be looked at, and when time alone lets somebody in. */
export async function linesDue(db: Database): Promise<{ due: number; next: Date | null }> {
  const at = await now(db);
  const { rows } = await sql<{ due: number; next: Date | null }>`
    select count(*) filter (where l.due <= ${at} or ${isWoken(sql`w.id in (select run from line_wakes)`)})::int as due,
           min(l.due) filter (where l.due > ${at}) as next
    from line_looks l join runs r on r.id = l.run
    where ${letsIn()} and exists (select from entries e where e.run = l.run and e.status = 'waiting')`.execute(db);
  return rows[0]!;
}

function letsIn(): RawBuilder<boolean> {
  return sql`r.status in ('starting', 'running') and r.draining_at is null`;
}

function isDue(at: Date): RawBuilder<boolean> {
  return sql`(l.due <= ${at}
    or l.due < 'infinity' and l.looked_at <= ${at}::timestamptz - make_interval(mins => ${LOOK_MINUTES}))`;
}

function isWoken(which: RawBuilder<boolean>): RawBuilder<boolean> {
  return sql`exists (
    select from runs w where ${which} and (w.campaign = r.campaign or w.exclusive_group = r.exclusive_group))`;
}
