import { sql } from "kysely";
import { minuteOf } from "../clock.ts";
import { type Database, transaction, type Tx } from "../database.ts";
import { insertStimuli, type NewStimulus } from "../stimulus.ts";

/** Clock time that a cohort takes joiners for. */
const OPEN_MINUTES = 60;

export interface Place {
  cohort: number;
  member: number;
}

interface Open {
  cohort: number;
  zone: string;
  size: number;
  isNew: boolean;
}

/**
 * Places for joiners, one per zone asked for, in cohorts that are open; those that are full or too old are closed and
 * followed by others. The run's row is held. @returns the places in the order of `zones`, and what closed cohorts are told
 */
export async function place(
  tx: Tx,
  run: string,
  zones: string[],
  capacity: number,
  at: Date,
): Promise<{ places: Place[]; closing: NewStimulus[] }> {
  if (zones.length === 0) return { places: [], closing: [] };
  const { rows } = await sql<Omit<Open, "isNew"> & { old: boolean }>`
    select cohort, zone, size, opened_at <= ${at}::timestamptz - make_interval(mins => ${OPEN_MINUTES}) as old
    from cohorts where run = ${run} and open and zone = any(${zones}::text[]) order by cohort for no key update`.execute(
    tx,
  );
  const { rows: last } = await sql<{ next: number }>`
    select coalesce(max(cohort) + 1, 0) as next from cohorts where run = ${run}`.execute(tx);
  let { next } = last[0]!;
  const closed = rows.filter((row) => row.old).map((row) => row.cohort);
  const open = new Map(
    rows.filter((row) => !row.old).map((row): [string, Open] => [row.zone, { ...row, isNew: false }]),
  );
  const used = new Set<Open>();
  const places = zones.map((zone): Place => {
    let cohort = open.get(zone);
    if (!cohort) {
      cohort = { cohort: next++, zone, size: 0, isNew: true };
      open.set(zone, cohort);
    }
    used.add(cohort);
    const member = cohort.size++;
    if (cohort.size >= capacity) {
      open.delete(zone);
      closed.push(cohort.cohort);
    }
    return { cohort: cohort.cohort, member };
  });
  await save(tx, run, [...used], closed, at);
  return { places, closing: closed.map((cohort) => close(run, cohort, at)) };
}

async function save(tx: Tx, run: string, used: Open[], closed: number[], at: Date): Promise<void> {
  // before others are opened: a zone has one open cohort
  await sql`update cohorts set open = false where run = ${run} and cohort = any(${closed}::int[])`.execute(tx);
  const rows = used.map(({ cohort, zone, size, isNew }) => ({
    cohort,
    zone,
    size,
    isNew,
    open: !closed.includes(cohort),
  }));
  await sql`
    insert into cohorts (run, cohort, workflow_id, zone, size, open, opened_at)
    select ${run}, cohort, 'cohort/' || ${run} || '/' || cohort, zone, size, open, ${at}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as c (cohort int, zone text, size int, open boolean, "isNew" boolean)
    where "isNew"`.execute(tx);
  await sql`
    update cohorts c set size = u.size
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as u (cohort int, size int, "isNew" boolean)
    where c.run = ${run} and c.cohort = u.cohort and not u."isNew"`.execute(tx);
}

function close(run: string, cohort: number, at: Date): NewStimulus {
  return { run, cohort, member: -1, stimulus: { kind: "close", at: minuteOf(at) } };
}

/** Closes the cohorts that have been open for long enough, so that their workflows can end. @returns how many */
export async function closeOldCohorts(db: Database, at: Date): Promise<number> {
  return transaction(db, async (tx) => {
    const { rows } = await sql<{ run: string; cohort: number }>`
      update cohorts set open = false
      where (run, cohort) in (
        select run, cohort from cohorts
        where open and opened_at <= ${at}::timestamptz - make_interval(mins => ${OPEN_MINUTES})
        order by run, cohort limit 500 for no key update skip locked)
      returning run, cohort`.execute(tx);
    await insertStimuli(
      tx,
      rows.map(({ run, cohort }) => close(run, cohort, at)),
      at,
    );
    return rows.length;
  });
}

/** Nobody joins a run any more: what it has open is closed, and whoever was to join does not. */
export async function endJoining(tx: Tx, run: string, at: Date): Promise<void> {
  const { rows } = await sql<{ cohort: number }>`
    update cohorts set open = false where run = ${run} and open returning cohort`.execute(tx);
  await sql`delete from settling where run = ${run}`.execute(tx);
  await insertStimuli(
    tx,
    rows.map(({ cohort }) => close(run, cohort, at)),
    at,
  );
}
