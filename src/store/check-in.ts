import { sql } from "kysely";
import type { Day } from "../campaign/program.ts";
import type { Database, Tx } from "./database.ts";

export interface CheckIn {
  enrolment: number;
  /** the challenge's step id */
  step: string;
  /** local day it counts for */
  day: Day;
}

export async function loadCheckIns(db: Database | Tx, enrolments: number[]): Promise<CheckIn[]> {
  const { rows } = await sql<CheckIn>`
    select enrolment, step, day from check_ins where enrolment = any(${enrolments}::bigint[])`.execute(db);
  return rows;
}

export async function insertCheckIns(tx: Tx, rows: (CheckIn & { event: number; at: Date })[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into check_ins (enrolment, step, day, event, at)
    select enrolment, step, day, event, at
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as c (enrolment bigint, step text, day int, event bigint, at timestamptz)
    on conflict do nothing`.execute(tx);
}

/** Keys of the gifts and points that enrolments have been given: "days/streak-7/20547". */
export async function loadRewardKeys(
  tx: Tx,
  enrolments: number[],
): Promise<{ enrolment: number; key: string; what: "gift" | "points" }[]> {
  const { rows } = await sql<{ enrolment: number; key: string; what: "gift" | "points" }>`
    select enrolment, key, 'points' as what from points where enrolment = any(${enrolments}::bigint[])
    union all
    select enrolment, key, 'gift' from gifts where enrolment = any(${enrolments}::bigint[])`.execute(tx);
  return rows;
}

export interface Pause {
  run: string;
  from: Date;
  /** null: still paused */
  to: Date | null;
}

export async function loadPauses(tx: Tx, runs: string[]): Promise<Pause[]> {
  const { rows } = await sql<Pause>`
    select run, paused_at as "from", resumed_at as "to" from run_pauses where run = any(${runs}::text[])`.execute(tx);
  return rows;
}
