import { type RawBuilder, sql } from "kysely";
import { DAY, localDay, toUtc } from "../campaign/calendar.ts";
import { inMinutes } from "../campaign/duration.ts";
import type { Program } from "../campaign/program.ts";
import { fits, takenBefore } from "./audience.ts";
import { minuteOf, timeOf } from "./clock.ts";
import type { Tx } from "./database.ts";
import { loadDocument } from "./document.ts";
import { type Entrant, enrol } from "./enrol.ts";
import { saveLineLook, wakeLines } from "./line-look.ts";
import { zoneAround } from "./zone.ts";

/** How long somebody waits to enter where the campaign does not say: as long as a forgotten queue should last. */
const WAITS_FOR = 30 * DAY;
/** Whether members of the campaign may have to wait before they can enter. */
export function hasLine({ audience }: Program): boolean {
  return (
    audience.exclusive?.onConflict === "queue" || audience.entryCap !== undefined || audience.concurrent !== undefined
  );
}

/**
 * Whoever enrols into a group of campaigns that exclude each other holds this, so that two never take the same customer.
 * After the customers' locks, before those of campaigns and runs; several groups in the order of their names.
 */
export async function lockGroup(tx: Tx, group: string | undefined): Promise<void> {
  if (group === undefined) return;
  await sql`select pg_advisory_xact_lock(${groupKey(group)})`.execute(tx);
}

/** Of campaigns that somebody joins one after the other. */
export async function lockGroups(tx: Tx, programs: Program[]): Promise<void> {
  const groups = new Set(programs.flatMap(({ audience }) => audience.exclusive?.group ?? []));
  for (const group of [...groups].toSorted()) await lockGroup(tx, group);
}

/** Of the program that a campaign is applied as; before the campaign itself is locked. */
export async function lockGroupOf(tx: Tx, campaign: string): Promise<void> {
  const { rows } = await sql<{ program: string }>`select program from campaigns where id = ${campaign}`.execute(tx);
  if (rows[0]) await lockGroups(tx, [await loadDocument<Program>(tx, rows[0].program)]);
}

/** @returns whether it could be had without waiting */
export async function tryGroup(tx: Tx, group: string | null): Promise<boolean> {
  if (group === null) return true;
  const { rows } = await sql<{ held: boolean }>`
    select pg_try_advisory_xact_lock(${groupKey(group)}) as held`.execute(tx);
  return rows[0]!.held;
}

function groupKey(group: string): RawBuilder<string> {
  return sql`hashtextextended(current_schema() || '/exclusive/' || ${group}, 0)`;
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
  /** who left the line without entering */
  gone: number;
  waiting: number;
}

/**
 * Enrols from the line whoever can enter now: still in the audience, free of other campaigns of the group, and within what
 * a day and the campaign may hold. Those whose time is over, or who are no longer in the audience, leave the line. The
 * group is locked by the caller, then the campaign's row.
 */
export async function admit(tx: Tx, program: Program, run: string, at: Date): Promise<Admitted> {
  const left = await sql`
    update entries e set status = case when e.expires_at <= ${at} then 'expired' else 'left' end, settled_at = ${at}
    from customers c
    where e.run = ${run} and e.status = 'waiting' and c.id = e.customer and (e.expires_at <= ${at} or not ${fits(program, at)})`.execute(
    tx,
  );
  const room = await roomFor(tx, program, at);
  let enrolled = 0;
  let heldOut = 0;
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
    const { rows } = await sql<{ arm: string }>`
      update entries e set status = 'enrolled', settled_at = ${at}
      from enrolments n
      where e.run = ${run} and e.status = 'waiting' and n.run = e.run and n.number = e.number
      returning e.arm`.execute(tx);
    heldOut = rows.filter(({ arm }) => arm === "holdout").length;
  }
  const gone = Number(left.numAffectedRows);
  const waits = await lineOf(tx, program, run, at);
  const due = room.today - enrolled > 0 ? waits.due : earlier(midnight(program, at), waits.expires);
  await saveLineLook(tx, run, waits.waiting === 0 ? null : due, at);
  // who leaves the line, or is held out, stands before nobody of the group any more
  if (program.audience.exclusive && gone + heldOut > 0) await wakeLines(tx, run);
  return { enrolled, gone, waiting: waits.waiting };
}

/** How many wait, and when time alone lets somebody in or makes somebody give up. */
async function lineOf(tx: Tx, program: Program, run: string, at: Date) {
  const { exclusive } = program.audience;
  const rested = exclusive
    ? sql`(select min(n.ended_at + make_interval(mins => ${inMinutes(exclusive.restAfter)}::int))
        from entries w join enrolments n on n.customer = w.customer and n.arm = 'treatment' and n.status <> 'live'
        join runs r on r.id = n.run and r.exclusive_group = ${exclusive.group}
        where w.run = ${run} and w.status = 'waiting'
          and n.ended_at + make_interval(mins => ${inMinutes(exclusive.restAfter)}::int) > ${at})`
    : sql`null::timestamptz`;
  const { rows } = await sql<{ waiting: number; expires: Date; due: Date }>`
    select count(*)::int as waiting, min(expires_at) as expires, least(min(expires_at), ${rested}) as due
    from entries where run = ${run} and status = 'waiting'`.execute(tx);
  return rows[0]!;
}

function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}

/** Nobody enters any more. @returns how many were waiting */
export async function dropLine(tx: Tx, run: string, at: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    update entries set status = 'dropped', settled_at = ${at} where run = ${run} and status = 'waiting'`.execute(tx);
  if (numAffectedRows! > 0n) await wakeLines(tx, run);
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

/** When the day that is counted ends. */
function midnight(program: Program, at: Date): Date {
  const minute = minuteOf(at);
  const zone = zoneAround(program.timezone, minute);
  return timeOf(toUtc(zone, localDay(zone, minute) + 1, 0));
}
