import { sql } from "kysely";
import type { Database, Tx } from "./database.ts";

export type TaskKind = "plan" | "call" | "watch" | "complaint" | "budget";
export type TaskStatus = "open" | "done" | "overdue" | "closed";

export interface NewTask {
  id: string;
  run: string;
  kind: TaskKind;
  enrolment: number | null;
  customer: number | null;
  /** op name */
  step: string | null;
  occurrence: number | null;
  title: string;
  team: string;
  assignee: string | null;
  script: string | null;
  dueAt: Date | null;
  maxAttempts: number;
}

export async function insertTasks(tx: Tx, tasks: NewTask[], at: Date): Promise<void> {
  if (tasks.length === 0) return;
  const rows = tasks.map((task) => ({ ...task, due_at: task.dueAt, max_attempts: task.maxAttempts }));
  await sql`
    insert into tasks (id, run, kind, enrolment, customer, step, occurrence, title, team, assignee, script, from_at, due_at,
      max_attempts, created_at)
    select id, run, kind, enrolment, customer, step, occurrence, title, team, assignee, script, ${at}, due_at,
      max_attempts, ${at}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t (id text, run text, kind text, enrolment bigint,
      customer bigint, step text, occurrence int, title text, team text, assignee text, script text, due_at timestamptz,
      max_attempts int)`.execute(tx);
}

/** Tasks that were still open when their time was over. */
export async function markOverdue(tx: Tx, enrolments: number[], step: string, occurrence: number): Promise<void> {
  await sql`
    update tasks set status = 'overdue'
    where enrolment = any(${enrolments}::bigint[]) and step = ${step} and occurrence = ${occurrence}
      and status = 'open'`.execute(tx);
}

export interface Task {
  id: string;
  run: string;
  kind: TaskKind;
  enrolment: number | null;
  customer: number | null;
  step: string | null;
  occurrence: number | null;
  phase: string | null;
  gate: boolean;
  status: TaskStatus;
  attempts: number;
  maxAttempts: number;
  outcome: string | null;
  dueAt: Date | null;
}

/** `lock`: holds the row until the end of the transaction. */
export async function loadTask(db: Database | Tx, id: string, lock = false): Promise<Task | undefined> {
  const { rows } = await sql<Task>`
    select id, run, kind, enrolment, customer, step, occurrence, phase, gate, status, attempts,
      max_attempts as "maxAttempts", outcome, due_at as "dueAt"
    from tasks where id = ${id} ${lock ? sql`for update` : sql``}`.execute(db);
  return rows[0];
}

export interface TaskChange {
  status: TaskStatus;
  attempts: number;
  outcome: string | null;
  note: string | null;
  by: string | null;
  /** null while it stays open */
  doneAt: Date | null;
}

export async function updateTask(tx: Tx, id: string, change: TaskChange): Promise<void> {
  await sql`
    update tasks set status = ${change.status}, attempts = ${change.attempts}, outcome = ${change.outcome},
      note = coalesce(${change.note}, note), done_by = ${change.by}, done_at = ${change.doneAt}
    where id = ${id}`.execute(tx);
}

/** A phase that still has an open gate before it. */
export interface OpenGate {
  /** index of the gate's own phase */
  phase: number;
}

/**
 * Open gates of a run. The gate rows are held (shared), so that whoever closes a gate waits until waits for it are
 * committed and then sees them.
 */
export async function openGates(tx: Tx, run: string): Promise<OpenGate[]> {
  const { rows } = await sql<OpenGate & { status: TaskStatus }>`
    select p.phase, t.status
    from tasks t
    join run_phases p on p.run = t.run and p.id = t.phase
    where t.run = ${run} and t.kind = 'plan' and t.gate
    order by t.id
    for share of t`.execute(tx);
  return rows.filter((row) => row.status === "open" || row.status === "overdue").map(({ phase }) => ({ phase }));
}

/** Rows of the plan that come before this one and are not done. */
export async function openBefore(tx: Tx, id: string): Promise<{ id: string; title: string }[]> {
  const { rows } = await sql<{ id: string; title: string }>`
    select b.id, b.title
    from tasks t join tasks b on b.run = t.run and b.kind = 'plan' and b.id = any(array(select t.run || '/plan/' || a from unnest(t.plan_after) a))
    where t.id = ${id} and b.status in ('open', 'overdue')
    order by b.due_at, b.id`.execute(tx);
  return rows;
}
