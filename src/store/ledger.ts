import { sql } from "kysely";
import { code } from "../campaign/program.ts";
import type { Database, Tx } from "./database.ts";

export interface LedgerRow {
  enrolment: number;
  /** op name */
  step: string;
  occurrence: number;
  attempt: number;
  /** code of OUTCOMES */
  outcome: number;
  /** most telling first */
  reasons: string[];
  value: number | null;
  at: Date;
  due: Date;
}

/** What has been decided on one op of several enrolments: all attempts up to `attempt`. */
export async function loadLedger(
  tx: Database | Tx,
  enrolments: number[],
  key: { step: string; occurrence: number; attempt: number },
): Promise<LedgerRow[]> {
  const { rows } = await sql<LedgerRow>`
    select enrolment, step, occurrence, attempt, outcome, reasons, value, at, due
    from ledger
    where enrolment = any(${enrolments}::bigint[])
      and step = ${key.step} and occurrence = ${key.occurrence} and attempt <= ${key.attempt}`.execute(tx);
  return rows;
}

/** Stores decisions. A second one under the same key is an error: decided ops must be looked up under the lock first. */
export async function insertLedger(tx: Tx, rows: LedgerRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into ledger (enrolment, step, occurrence, attempt, outcome, reasons, value, at, due)
    select enrolment, step, occurrence, attempt, outcome, reasons, value, at, due
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as l (enrolment bigint, step text, occurrence int, attempt int,
      outcome int, reasons text[], value int, at timestamptz, due timestamptz)`.execute(tx);
}

/** When each of these enrolments was last decided upon at one of these ops; what was only put off does not count. */
export async function lastDecided(tx: Tx, enrolments: number[], steps: string[]): Promise<Map<number, Date>> {
  const { rows } = await sql<{ enrolment: number; at: Date }>`
    select enrolment, max(at) as at from ledger
    where enrolment = any(${enrolments}::bigint[]) and step = any(${steps}::text[]) and outcome <> ${code("deferred")}
    group by enrolment`.execute(tx);
  return new Map(rows.map((row) => [row.enrolment, row.at]));
}
