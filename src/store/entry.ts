import { type RawBuilder, sql } from "kysely";
import { DAY, localDay, toUtc } from "../campaign/calendar.ts";
import { inMinutes } from "../campaign/duration.ts";
import type { Program } from "../campaign/program.ts";
import { fits, takenBefore } from "./audience.ts";
import { minuteOf, timeOf } from "./clock.ts";
import type { Tx } from "./database.ts";
import { type Entrant, enrol } from "./enrol.ts";
import { zoneAround } from "./zone.ts";

/** How long somebody waits to enter where the campaign does not say: as long as a forgotten queue should last. */
const WAITS_FOR = 30 * DAY;
/** Slots fall free at any time; so often somebody looks. */
export const LOOK_MINUTES = 15;

/** Whether members of the campaign may have to wait before they can enter. */
export function hasLine({ audience }: Program): boolean {
  return (
    audience.exclusive?.onConflict === "queue" || audience.entryCap !== undefined || audience.concurrent !== undefined
  );
}

/**
 * Whoever enrols into a group of campaigns that exclude each other holds this, so that two never take the same customer.
 * After the customers' locks, before enrolments are written.
 */
export async function lockGroup(tx: Tx, group: string | undefined): Promise<void> {
  if (group === undefined) return;
  await sql`select pg_advisory_xact_lock(hashtextextended(current_schema() || '/exclusive/' || ${group}, 0))`.execute(
    tx,
  );
}

/** Puts whoever is chosen in line, in the order of their numbers. */
export async function lineUp(
  tx: Tx,
  program: Program,
  run: string,
  entrants: RawBuilder<Entrant>,
  at: Date,
): Promise<void> {
  const { queueFor } = program.audience.exclusive ?? {};
  const waits = queueFor ? inMinutes(queueFor) : WAITS_FOR;
  await sql`
    insert into entries (run, number, customer, key, entry, trigger, arm, zone, since, expires_at)
    select ${run}, number, id, key, entry, trigger, arm, zone, ${at}, ${at}::timestamptz + make_interval(mins => ${waits}::int)
    from (${entrants}) e`.execute(tx);
}

export interface Admitted {
  enrolled: number;
  waiting: number;
  /** minutes until it is worth looking again; Infinity: nobody waits */
  lookIn: number;
}

/**
 * Enrols from the line whoever can enter now: still in the audience, free of other campaigns of the group, and within what
 * a day and the campaign may hold. Those whose time is over, or who are no longer in the audience, leave the line. The
 * campaign's row is locked by the caller, then the group.
 */
export async function admit(tx: Tx, program: Program, run: string, at: Date): Promise<Admitted> {
  await sql`
    update entries e set status = case when e.expires_at <= ${at} then 'expired' else 'left' end, settled_at = ${at}
    from customers c
    where e.run = ${run} and e.status = 'waiting' and c.id = e.customer and (e.expires_at <= ${at} or not ${fits(program, at)})`.execute(
    tx,
  );
  const room = await roomFor(tx, program, at);
  let enrolled = 0;
  if (room.today > 0) {
    enrolled = await enrol(
      tx,
      program,
      run,
      sql`
        select customer as id, key, zone, number, arm, entry, trigger from (
          select e.*, row_number() over (order by e.number) as place,
                 count(*) filter (where e.arm = 'treatment') over (order by e.number) as treated
          from entries e join customers c on c.id = e.customer
          where e.run = ${run} and e.status = 'waiting' and not ${takenBefore(program, run, at)}
        ) free
        where place <= ${room.today} and (arm = 'holdout' or treated <= ${room.treated})`,
      at,
    );
    await sql`
      update entries e set status = 'enrolled', settled_at = ${at}
      from enrolments n
      where e.run = ${run} and e.status = 'waiting' and n.run = e.run and n.number = e.number`.execute(tx);
  }
  const { rows } = await sql<{ waiting: number }>`
    select count(*)::int as waiting from entries where run = ${run} and status = 'waiting'`.execute(tx);
  const { waiting } = rows[0]!;
  const full = room.today - enrolled <= 0;
  return { enrolled, waiting, lookIn: waiting === 0 ? Infinity : full ? minutesToMidnight(program, at) : LOOK_MINUTES };
}

/** Nobody enters any more. @returns how many were waiting */
export async function dropLine(tx: Tx, run: string, at: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    update entries set status = 'dropped', settled_at = ${at} where run = ${run} and status = 'waiting'`.execute(tx);
  return Number(numAffectedRows);
}

const NO_LIMIT = 2_000_000_000;

/** How many more may enter today, and how many of them as treated. */
async function roomFor(tx: Tx, program: Program, at: Date): Promise<{ today: number; treated: number }> {
  const { entryCap, concurrent } = program.audience;
  const { rows } = await sql<{ entered: number; live: number }>`
    select
      ${
        entryCap
          ? sql`(select count(*)::int from enrolments where campaign = ${program.campaign} and entered_at >= ${startOfDay(program, at)})`
          : sql`0`
      } as entered,
      ${
        concurrent === undefined
          ? sql`0`
          : sql`(select count(*)::int from enrolments e join runs r on r.id = e.run
              where r.campaign = ${program.campaign} and r.status not in ('closed', 'stopped')
                and e.arm = 'treatment' and e.status = 'live')`
      } as live`.execute(tx);
  const { entered, live } = rows[0]!;
  return {
    today: entryCap ? entryCap.max - entered : NO_LIMIT,
    treated: concurrent === undefined ? NO_LIMIT : concurrent - live,
  };
}

function startOfDay(program: Program, at: Date): Date {
  const minute = minuteOf(at);
  const zone = zoneAround(program.timezone, minute);
  return timeOf(toUtc(zone, localDay(zone, minute), 0));
}

function minutesToMidnight(program: Program, at: Date): number {
  const minute = minuteOf(at);
  const zone = zoneAround(program.timezone, minute);
  return toUtc(zone, localDay(zone, minute) + 1, 0) - minute;
}
