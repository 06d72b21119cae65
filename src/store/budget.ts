import { sql } from "kysely";
import type { Tx } from "./database.ts";

export interface NewBudgetEntry {
  run: string;
  line: string;
  /** unique per effect within the run; null for what is recorded by hand */
  key: string | null;
  /** minor units */
  amount: number;
  note?: string;
}

/**
 * Books effects on budget lines; the same key is booked once. Lines come last in the lock order. A line that the run
 * does not have is passed over: a gift may name a line that this campaign's budget leaves out.
 */
export async function insertBudgetEntries(tx: Tx, entries: NewBudgetEntry[], at: Date): Promise<void> {
  if (entries.length === 0) return;
  await sql`
    insert into budget_entries (run, line, key, amount, note, at)
    select e.run, e.line, e.key, e.amount, e.note, ${at}
    from jsonb_to_recordset(${JSON.stringify(entries)}::jsonb) as e (run text, line text, key text, amount bigint, note text)
    join budget_lines l on l.run = e.run and l.line = e.line
    on conflict (run, key) do nothing`.execute(tx);
}

/** An effect whose cost was booked under `key`, and that will never happen. */
export interface Undone {
  enrolment: number;
  key: string;
}

/** Books the opposite of entries whose effects will never happen, once each; what was never booked is passed over. */
export async function giveBack(tx: Tx, undone: Undone[], at: Date): Promise<void> {
  if (undone.length === 0) return;
  await sql`
    insert into budget_entries (run, line, key, amount, note, at)
    select b.run, b.line, b.key || '/back', -b.amount, b.note, ${at}
    from jsonb_to_recordset(${JSON.stringify(undone)}::jsonb) as u (enrolment bigint, key text)
    join enrolments e on e.id = u.enrolment
    join budget_entries b on b.run = e.run and b.key = u.key
    order by b.run, b.line
    on conflict (run, key) do nothing`.execute(tx);
}

interface Effect {
  enrolment: number;
  /** op name */
  step: string;
  occurrence: number;
}
export function messageKey({ enrolment, step, occurrence }: Effect): string {
  return `message/${enrolment}/${step}/${occurrence}`;
}
export function couponKey({ enrolment, step, occurrence }: Effect): string {
  return `coupon/${enrolment}/${step}/${occurrence}`;
}

/** The one task of a run and line that says that the line is spent. */
export interface SpentLine {
  run: string;
  line: string;
  team: string;
}

/** Tells the line's team that it is spent, the first time that something was not done because of it. */
export async function raiseSpent(tx: Tx, spent: SpentLine[], locale: "en" | "zh-CN", at: Date): Promise<void> {
  if (spent.length === 0) return;
  const rows = spent.map(({ run, line, team }) => ({
    id: `${run}/budget/${line}`,
    run,
    team,
    title:
      locale === "en"
        ? `Budget line ${line} is spent: what it pays for is no longer given`
        : `预算科目 ${line} 已用完：相关发放已停止`,
  }));
  await sql`
    insert into tasks (id, run, kind, title, team, from_at, due_at, created_at)
    select id, run, 'budget', title, team, ${at}, ${at}::timestamptz + interval '2 days', ${at}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t (id text, run text, title text, team text)
    order by id
    on conflict (id) do nothing`.execute(tx);
}
