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
