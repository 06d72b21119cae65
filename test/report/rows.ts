import { sql } from "kysely";
import { code } from "../../src/campaign/program.ts";
import type { Program } from "../../src/campaign/program.ts";
import { setClock } from "../../src/store/clock.ts";
import type { Database } from "../../src/store/database.ts";
import { saveDocument } from "../../src/store/document.ts";

/** Rows by hand, table by table: tests say only the columns that matter to them. */
export async function insert(db: Database, table: string, rows: Record<string, unknown>[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = Object.keys(rows[0]!);
  await sql`
    insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})
    overriding system value
    select ${sql.join(columns.map((column) => sql.ref(column)))}
    from jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::jsonb)`.execute(db);
}

export const LAUNCH = "2026-04-01T10:00:00+08:00";
/** Local day number of 2026-04-d. */
export const april = (d: number): number => Date.UTC(2026, 3, d) / 86_400_000;
/** 2026-04-d at an hour of Shanghai's clock; d may run past the month. */
export const at = (d: number, hour = 12): string => new Date(Date.UTC(2026, 3, d, hour - 8)).toISOString();

export interface RunOptions {
  run?: string;
  status?: string;
  now?: string;
  treated: number;
  holdout: number;
}

/** A run with enrolments 1…treated (treatment), then holdout; customer n has enrolment n. Clock stands at `now`. */
export async function seedRun(db: Database, program: Program, options: RunOptions): Promise<number[]> {
  const { run = "winback-1", status = "running", now = at(20), treated, holdout } = options;
  await setClock(db, new Date(now), 0);
  const hash = await saveDocument(db, "program", program, new Date(LAUNCH));
  await insert(db, "runs", [
    {
      id: run,
      campaign: program.campaign,
      program: hash,
      status,
      launched_at: LAUNCH,
      launch_day: april(1),
      closed_at: status === "closed" ? now : null,
      stale_accepted: false,
    },
  ]);
  let day = april(1);
  await insert(
    db,
    "run_phases",
    program.phases.map((phase, i) => {
      const row = { run, phase: i, id: phase.id, planned_day: day, start_day: day + i, days: phase.days };
      day += phase.days;
      return row;
    }),
  );
  await insert(
    db,
    "budget_lines",
    program.budget.map((line) => ({ run, line: line.id, planned: line.planned })),
  );
  const size = treated + holdout;
  const { rows } = await sql<{ id: number }>`
    with people as (
      insert into customers (customer_id, created_at)
      select ${run} || '-' || n, ${LAUNCH} from generate_series(0, ${size - 1}) n returning id, customer_id
    )
    insert into enrolments (run, campaign, customer, key, number, arm, cohort, member, zone, status, entered_at)
    select ${run}, ${program.campaign}, id, '', n, arm, case arm when 'treatment' then 0 end, case arm when 'treatment' then n end,
      'Asia/Shanghai', case arm when 'treatment' then 'live' else 'measured' end, ${LAUNCH}
    from people, lateral (select split_part(customer_id, '-', -1)::int as n) x,
      lateral (select case when n < ${treated} then 'treatment' else 'holdout' end as arm) y
    order by n returning id`.execute(db);
  return rows.map((row) => row.id);
}

let events = 0;
/** An event that has been reacted to; returns its id. */
export async function event(db: Database, customer: number, type: string, occurredAt: string): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into events (source, event_id, customer_id, type, occurred_at, received_at, reacted_at, customer)
    values ('test', ${`e${++events}`}, 'x', ${type}, ${occurredAt}, ${occurredAt}, ${occurredAt}, ${customer}) returning id`.execute(
    db,
  );
  return rows[0]!.id;
}

export async function customerOf(db: Database, enrolment: number): Promise<number> {
  const { rows } = await sql<{ customer: number }>`select customer from enrolments where id = ${enrolment}`.execute(db);
  return rows[0]!.customer;
}

export async function checkIn(db: Database, enrolment: number, day: number, step = "days"): Promise<void> {
  const id = await event(db, await customerOf(db, enrolment), "check_in", at(day));
  await insert(db, "check_ins", [{ enrolment, step, day: april(day), event: id, at: at(day) }]);
}

export async function convert(db: Database, enrolment: number, when: string, amount: number): Promise<void> {
  const customer = await customerOf(db, enrolment);
  const id = await event(db, customer, "order.paid", when);
  await insert(db, "conversions", [
    { enrolment, customer, event: id, order_id: `o${id}`, amount, at: when, reacted_seq: id },
  ]);
  await sql`update waits set status = 'met' where enrolment = ${enrolment} and kind = 'goal'`.execute(db);
}

type Outcome = Parameters<typeof code>[0] | number;
/** Ledger row: [enrolment, step, outcome, reasons?, occurrence?, attempt?] */
export type Decision = [number, string, Outcome, string[]?, number?, number?];
export async function ledger(db: Database, decisions: Decision[]): Promise<void> {
  await insert(
    db,
    "ledger",
    decisions.map(([enrolment, step, outcome, reasons = [], occurrence = 1, attempt = 1]) => ({
      enrolment,
      step,
      occurrence,
      attempt,
      outcome: typeof outcome === "number" ? outcome : code(outcome),
      reasons,
      at: at(2),
      due: at(2),
    })),
  );
}
