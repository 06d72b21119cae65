import { sql } from "kysely";
import { ANY_EVENT, type Day } from "../campaign/program.ts";
import type { Tx } from "./database.ts";

/** An enrolment that some event of a batch may concern; its row is locked. */
export interface Awaiting {
  id: number;
  customer: number;
  run: string;
  /** document hash */
  program: string;
  arm: "treatment" | "holdout";
  /** null for the holdout */
  cohort: number | null;
  member: number | null;
  zone: string;
  status: "live" | "ended" | "measured";
  epoch: number;
  /** root step index of the latest op */
  position: number;
}

export interface Asked {
  customer: number;
  type: string;
  /** the enrolment that the event itself names */
  enrolment: number | null;
}

/**
 * Locks, in the order of their ids, the enrolments that wait for such events, have a challenge for them (open, or shut
 * within the last days, as a late check-in still counts), are named by them, or may end by whatever they change. Customers are locked already.
 */
export async function lockAwaiting(tx: Tx, asked: Asked[], at: Date): Promise<Map<number, Awaiting>> {
  const { rows } = await sql<Awaiting>`
    with asked as (
      select distinct customer, type, enrolment
      from unnest(${asked.map((row) => row.customer)}::bigint[], ${asked.map((row) => row.type)}::text[],
        ${asked.map((row) => row.enrolment)}::bigint[]) as a (customer, type, enrolment)
    )
    select e.id, e.customer, e.run, '' as program, e.arm, e.cohort, e.member, e.zone, e.status, e.epoch, e.position
    from enrolments e
    where e.id in (
      select w.enrolment from asked a join waits w on w.customer = a.customer and w.event_type in (a.type, ${ANY_EVENT}) and w.status = 'open'
      union all
      select c.enrolment from asked a join challenges c on c.customer = a.customer and c.event_type = a.type
      where c.status = 'open' or c.closed_at > ${at}::timestamptz - interval '4 days'
      union all
      select n.id from asked a join enrolments n on n.id = a.enrolment and n.customer = a.customer
      union all
      select n.id from asked a join enrolments n on n.customer = a.customer join runs x on x.id = n.run
      where exists (select 1 from runs where exits and status in ('starting', 'running', 'paused'))
        and x.exits and x.status in ('starting', 'running', 'paused') and n.status = 'live' and n.arm = 'treatment'
    )
    order by e.id for no key update of e`.execute(tx);
  const programs = await programsOf(
    tx,
    rows.map((row) => row.run),
  );
  return new Map(rows.map((row) => [row.id, { ...row, program: programs.get(row.run)! }]));
}

/** Read after the enrolments are held: from then on no migration can put another program in its place. */
async function programsOf(tx: Tx, runs: string[]): Promise<Map<string, string>> {
  if (runs.length === 0) return new Map();
  const { rows } = await sql<{ id: string; program: string }>`
    select id, program from runs where id = any(${[...new Set(runs)]}::text[])`.execute(tx);
  return new Map(rows.map((row) => [row.id, row.program]));
}

export interface OpenWait {
  enrolment: number;
  /** op name; "goal" for the goal */
  step: string;
  occurrence: number;
  kind: "goal" | "event" | "condition" | "survey" | "rsvp";
  event_type: string;
  since: Date;
  until: Date | null;
  /** of several events, which have come: bit i */
  parts: number;
}

export async function loadOpenWaits(tx: Tx, enrolments: number[], types: string[]): Promise<OpenWait[]> {
  const { rows } = await sql<OpenWait>`
    select enrolment, step, occurrence, kind, event_type, since, until, parts from waits
    where enrolment = any(${enrolments}::bigint[]) and event_type = any(${[...types, ANY_EVENT]}::text[]) and status = 'open'
    order by enrolment, step, occurrence`.execute(tx);
  return rows;
}

export interface MetWait {
  enrolment: number;
  step: string;
  occurrence: number;
  outcome: number;
  /** events.id; null: no event of its own */
  by: number | null;
}

export async function meetWaits(tx: Tx, met: MetWait[], at: Date): Promise<void> {
  if (met.length === 0) return;
  await sql`
    update waits w set status = 'met', outcome = m.outcome, met_by = m.by, met_at = ${at}
    from jsonb_to_recordset(${JSON.stringify(met)}::jsonb) as m (enrolment bigint, step text, occurrence int, outcome int, by bigint)
    where w.enrolment = m.enrolment and w.step = m.step and w.occurrence = m.occurrence and w.status = 'open'`.execute(
    tx,
  );
}

/** Of waits for several events, which have come by now. */
export async function noteParts(
  tx: Tx,
  waits: { enrolment: number; step: string; occurrence: number; parts: number }[],
): Promise<void> {
  if (waits.length === 0) return;
  await sql`
    update waits w set parts = m.parts
    from jsonb_to_recordset(${JSON.stringify(waits)}::jsonb) as m (enrolment bigint, step text, occurrence int, parts int)
    where w.enrolment = m.enrolment and w.step = m.step and w.occurrence = m.occurrence`.execute(tx);
}

export interface OpenChallenge {
  enrolment: number;
  /** the challenge's step id */
  step: string;
  event_type: string;
  first_day: Day;
  days: number;
  status: "open" | "closed";
  closed_reason: string | null;
}

export async function loadChallenges(tx: Tx, enrolments: number[], types: string[]): Promise<OpenChallenge[]> {
  const { rows } = await sql<OpenChallenge>`
    select enrolment, step, event_type, first_day, days, status, closed_reason from challenges
    where enrolment = any(${enrolments}::bigint[]) and event_type = any(${types}::text[])
    order by enrolment, step`.execute(tx);
  return rows;
}
