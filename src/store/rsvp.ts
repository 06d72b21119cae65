import { sql } from "kysely";
import type { Database, Tx } from "./database.ts";

export type RsvpAnswer = "yes" | "no" | "maybe";
/** Of a yes: who is waiting gets a seat that comes free; who was until the end has missed it. */
export type RsvpPlace = "seat" | "waiting" | "missed";

export interface StoredAnswer {
  enrolment: number;
  /** the rsvp's step id */
  step: string;
  answer: RsvpAnswer;
  place: RsvpPlace | null;
  /** events.id */
  event: number;
}

export async function loadAnswers(db: Database | Tx, enrolments: number[]): Promise<StoredAnswer[]> {
  const { rows } = await sql<StoredAnswer>`
    select enrolment, step, answer, place, event from rsvp_answers
    where enrolment = any(${enrolments}::bigint[])`.execute(db);
  return rows;
}

/** The latest answer stands. */
export async function storeAnswers(tx: Tx, rows: (StoredAnswer & { run: string; at: Date })[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into rsvp_answers (enrolment, step, run, answer, place, event, at)
    select enrolment, step, run, answer, place, event, at
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as a (enrolment bigint, step text, run text, answer text,
      place text, event bigint, at timestamptz)
    on conflict (enrolment, step) do update
      set answer = excluded.answer, place = excluded.place, event = excluded.event, at = excluded.at`.execute(tx);
}

export interface Seats {
  run: string;
  step: string;
  seats: number;
  taken: number;
  waiting: number;
}

/**
 * How invitations stand; their rows stay locked until the end of the transaction. Customers and enrolments are locked
 * before, coupons, stocks and budget lines after.
 */
export async function lockSeats(tx: Tx, asked: { run: string; step: string; seats: number }[]): Promise<Seats[]> {
  if (asked.length === 0) return [];
  const list = JSON.stringify(asked);
  await sql`
    insert into rsvp_seats (run, step, seats)
    select distinct run, step, seats from jsonb_to_recordset(${list}::jsonb) as s (run text, step text, seats int)
    order by run, step
    on conflict (run, step) do nothing`.execute(tx);
  await sql`
    select from rsvp_seats
    where (run, step) in (select run, step from jsonb_to_recordset(${list}::jsonb) as s (run text, step text))
    order by run, step for update`.execute(tx);
  // a statement of its own, so that it counts what was committed before the locks were granted
  const { rows } = await sql<Seats>`
    select s.run, s.step, s.seats, count(*) filter (where a.place = 'seat')::int as taken,
      count(*) filter (where a.place = 'waiting')::int as waiting
    from rsvp_seats s left join rsvp_answers a on a.run = s.run and a.step = s.step
    where (s.run, s.step) in (select run, step from jsonb_to_recordset(${list}::jsonb) as l (run text, step text))
    group by s.run, s.step`.execute(tx);
  return rows;
}

/** Invitations with a seat free and somebody waiting for it. */
export async function loadFree(db: Database): Promise<{ run: string; step: string; seats: number }[]> {
  const { rows } = await sql<{ run: string; step: string; seats: number }>`
    select s.run, s.step, s.seats from rsvp_seats s
    where exists (select from rsvp_answers a where a.run = s.run and a.step = s.step and a.place = 'waiting')
      and (select count(*) from rsvp_answers a where a.run = s.run and a.step = s.step and a.place = 'seat') < s.seats`.execute(
    db,
  );
  return rows;
}

export interface NextInLine {
  enrolment: number;
  customer: number;
  event: number;
}

/** Those who have waited longest. */
export async function loadLine(db: Database | Tx, run: string, step: string, most: number): Promise<NextInLine[]> {
  const { rows } = await sql<NextInLine>`
    select a.enrolment, e.customer, a.event from rsvp_answers a join enrolments e on e.id = a.enrolment
    where a.run = ${run} and a.step = ${step} and a.place = 'waiting'
    order by a.event limit ${most}`.execute(db);
  return rows;
}

export async function seat(tx: Tx, enrolments: number[], step: string): Promise<void> {
  await sql`
    update rsvp_answers set place = 'seat'
    where enrolment = any(${enrolments}::bigint[]) and step = ${step} and place = 'waiting'`.execute(tx);
}

/** The time for answers is over. @returns those who were still waiting for a seat */
export async function missSeats(tx: Tx, enrolments: number[], step: string): Promise<Set<number>> {
  const { rows } = await sql<{ enrolment: number }>`
    update rsvp_answers set place = 'missed'
    where enrolment = any(${enrolments}::bigint[]) and step = ${step} and place = 'waiting'
    returning enrolment`.execute(tx);
  return new Set(rows.map((row) => row.enrolment));
}

/** Whether the step still waits for this enrolment's answer. */
export async function isAwaited(db: Database, enrolment: number, step: string, at: Date): Promise<boolean> {
  const { rows } = await sql<{ open: boolean }>`
    select exists (select from waits where enrolment = ${enrolment} and step = ${step} and kind = 'rsvp'
      and status = 'open' and until > ${at}) as open`.execute(db);
  return rows[0]!.open;
}
