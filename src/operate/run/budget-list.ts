import { sql } from "kysely";
import type { Program } from "../../campaign/program.ts";
import { type BudgetRow, loadBudgetLines } from "../../report/budget.ts";
import { findRun } from "../../report/find-run.ts";
import { type Database, snapshot } from "../../store/database.ts";
import { loadDocument } from "../../store/document.ts";

/** Minor units. */
export interface BudgetView {
  run: string;
  currency: string;
  lines: (BudgetRow & {
    /** what was recorded by hand, the latest first */
    records: { amount: number; note: string | null; at: Date }[];
  })[];
}

/** Records that are shown of a line. */
const MOST = 100;

/**
 * The budget of a run, or of a campaign's latest: what was planned, what effects have booked, what was recorded by hand.
 * @throws InputError when there is no such run
 */
export async function showBudget(db: Database, name: string): Promise<BudgetView> {
  const run = await findRun(db, name);
  return snapshot(db, async (tx) => {
    const { rows } = await sql<{ program: string }>`select program from runs where id = ${run}`.execute(tx);
    const program = await loadDocument<Program>(tx, rows[0]!.program);
    const { rows: records } = await sql<{ line: string; amount: number; note: string | null; at: Date }>`
      select line, amount, note, at
      from (select *, row_number() over (partition by line order by at desc, id desc) as nr
        from budget_entries where run = ${run} and key is null) b
      where nr <= ${MOST} order by nr`.execute(tx);
    const lines = await loadBudgetLines({ tx, run, program });
    return {
      run,
      currency: program.currency,
      lines: lines.map((line) => ({
        ...line,
        records: records.filter((record) => record.line === line.line).map(({ line: _, ...record }) => record),
      })),
    };
  });
}
