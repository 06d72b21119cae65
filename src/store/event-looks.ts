import { sql } from "kysely";
import type { Database } from "./database.ts";

/** A wait of an event's customer, as it stands now. */
export interface WaitAround {
  enrolment: number;
  run: string;
  /** document hash */
  program: string;
  /** op name; "goal" for the goal */
  step: string;
  occurrence: number;
  kind: "goal" | "event" | "condition" | "survey" | "rsvp";
  type: string;
  since: Date;
  until: Date | null;
  status: "open" | "met" | "expired" | "dropped";
  /** events.id, and its name */
  metBy: number | null;
  bySource: string | null;
  byId: string | null;
  live: boolean;
}

const MOST = 50;

/** Waits for events of this type, and open ones for others: those that it met first, then the open ones, latest first. */
export async function waitsAround(
  db: Database,
  customer: number,
  event: { id: number; type: string },
): Promise<WaitAround[]> {
  const { rows } = await sql<WaitAround>`
    select w.enrolment, e.run, r.program, w.step, w.occurrence, w.kind, w.event_type as type, w.since, w.until, w.status,
      w.met_by as "metBy", m.source as "bySource", m.event_id as "byId", e.status = 'live' as live
    from enrolments e join runs r on r.id = e.run join waits w on w.enrolment = e.id
    left join events m on m.id = w.met_by
    where e.customer = ${customer} and w.kind in ('goal', 'event', 'condition', 'survey', 'rsvp')
      and (w.met_by = ${event.id} or w.event_type = ${event.type} or w.status = 'open')
    order by coalesce(w.met_by = ${event.id}, false) desc, w.event_type = ${event.type} desc, w.status = 'open' desc,
      w.enrolment desc, w.step limit ${MOST}`.execute(db);
  return rows;
}

/** Where an enrolment stands: what was decided last, and why. */
export interface Progress {
  enrolment: number;
  arm: "treatment" | "holdout";
  status: "live" | "ended" | "measured";
  endedReason: string | null;
  /** op name; null: nothing has been decided yet */
  step: string | null;
  /** code of OUTCOMES */
  outcome: number | null;
  reasons: string[] | null;
}

export async function progressOf(db: Database, enrolments: number[]): Promise<Map<number, Progress>> {
  const { rows } = await sql<Progress>`
    select e.id as enrolment, e.arm, e.status, e.ended_reason as "endedReason", l.step, l.outcome, l.reasons
    from enrolments e left join lateral (
      select step, outcome, reasons from ledger where enrolment = e.id order by at desc, due desc, attempt desc limit 1
    ) l on true
    where e.id = any(${enrolments}::bigint[])`.execute(db);
  return new Map(rows.map((row) => [row.enrolment, row]));
}

/** Enrolments that a customer's coming into segments, or leaving them, brought: at the moment of the reaction that noticed. */
export async function joinedBySegments(
  db: Database,
  customer: number,
  segments: string[],
  at: Date,
): Promise<{ enrolment: number; run: string; segment: string }[]> {
  if (segments.length === 0) return [];
  const { rows } = await sql<{ enrolment: number; run: string; segment: string }>`
    select id as enrolment, run, trigger ->> 'segment' as segment from enrolments
    where customer = ${customer} and trigger ->> 'segment' = any(${segments}::text[])
      and trigger ->> 'at' = ${at.toISOString()}
    order by id`.execute(db);
  return rows;
}

/** Applied campaigns that events of a type start, of which no run takes anybody now. */
export async function idleCampaigns(db: Database, type: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select c.id from campaigns c join documents d on d.hash = c.program
    where d.body #>> '{trigger,kind}' = 'event' and d.body #>> '{trigger,event}' = ${type}
      and not exists (select from runs r where r.campaign = c.id and r.standing and r.draining_at is null
        and r.status in ('starting', 'running', 'paused'))
    order by c.id`.execute(db);
  return rows.map((row) => row.id);
}
