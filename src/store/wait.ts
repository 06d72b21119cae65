import { sql } from "kysely";
import { code } from "../campaign/program.ts";
import type { Tx } from "./database.ts";

export type WaitKind = "goal" | "event" | "condition" | "task" | "survey" | "phase" | "complaint" | "webhook" | "rsvp";

export interface NewWait {
  enrolment: number;
  /** op name; "goal" for the goal */
  step: string;
  occurrence: number;
  kind: WaitKind;
  customer: number;
  eventType: string | null;
  since: Date;
  /** events that occurred later do not meet it; null: no end */
  until: Date | null;
  /** already met when looking back */
  met?: { outcome: number; by: number | null; at: Date };
  /** of several events, which have come: bit i */
  parts?: number;
}

/** Inserted under the customer's lock, so that intake either sees the row or its event is seen by the look-back. */
export async function insertWaits(tx: Tx, waits: NewWait[]): Promise<void> {
  if (waits.length === 0) return;
  const rows = waits.map(({ met, ...wait }) => ({
    ...wait,
    event_type: wait.eventType,
    parts: wait.parts ?? 0,
    status: met ? "met" : "open",
    outcome: met?.outcome ?? null,
    met_by: met?.by ?? null,
    met_at: met?.at ?? null,
  }));
  await sql`
    insert into waits (enrolment, step, occurrence, kind, customer, event_type, since, until, status, outcome, met_by, met_at, parts)
    select enrolment, step, occurrence, kind, customer, event_type, since, until, status, outcome, met_by, met_at, parts
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as w (enrolment bigint, step text, occurrence int, kind text,
      customer bigint, event_type text, since timestamptz, until timestamptz, status text, outcome int, met_by bigint,
      met_at timestamptz, parts int)`.execute(tx);
}

export interface Wait {
  enrolment: number;
  status: "open" | "met" | "expired" | "dropped";
  outcome: number | null;
  metAt: Date | null;
  until: Date | null;
}

export async function loadWaits(
  tx: Tx,
  enrolments: number[],
  step: string,
  occurrence: number,
): Promise<Map<number, Wait>> {
  const { rows } = await sql<Wait>`
    select enrolment, status, outcome, met_at as "metAt", until
    from waits
    where enrolment = any(${enrolments}::bigint[]) and step = ${step} and occurrence = ${occurrence}`.execute(tx);
  return new Map(rows.map((row) => [row.enrolment, row]));
}

/** Ends open waits whose time is over; what was met in time stays met. */
export async function expireWaits(tx: Tx, enrolments: number[], step: string, occurrence: number): Promise<void> {
  await sql`
    update waits set status = 'expired', outcome = ${code("timeout")}
    where enrolment = any(${enrolments}::bigint[]) and step = ${step} and occurrence = ${occurrence}
      and status = 'open'`.execute(tx);
}

/** Meets the same open wait of several enrolments. */
export async function meetWaits(
  tx: Tx,
  enrolments: number[],
  op: { step: string; occurrence: number },
  outcome: number,
  at: Date,
): Promise<void> {
  await sql`
    update waits set status = 'met', outcome = ${outcome}, met_at = ${at}
    where enrolment = any(${enrolments}::bigint[]) and step = ${op.step} and occurrence = ${op.occurrence}
      and status = 'open'`.execute(tx);
}

/** Meets one open wait. @returns whether it was open */
export async function meetWait(
  tx: Tx,
  key: { enrolment: number; step: string; occurrence: number; kind: WaitKind },
  outcome: number,
  at: Date,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update waits set status = 'met', outcome = ${outcome}, met_at = ${at}
    where enrolment = ${key.enrolment} and step = ${key.step} and occurrence = ${key.occurrence} and kind = ${key.kind}
      and status = 'open'`.execute(tx);
  return numAffectedRows === 1n;
}
