import { sql } from "kysely";
import { members, type Scope } from "./scope.ts";

/** Minor units throughout. actual = committed + recorded; left = planned − actual, below 0 when overspent. */
export interface BudgetRow {
  line: string;
  planned: number;
  /** booked by effects themselves: gifts granted, calls, messages */
  committed: number;
  /** recorded by hand: `rekindle budget record` */
  recorded: number;
  actual: number;
  left: number;
}

export interface Budget {
  lines: BudgetRow[];
  total: Omit<BudgetRow, "line">;
  participants: number;
}

/** Lines in the order of the program. */
export async function loadBudgetLines({
  tx,
  run,
  program,
}: Pick<Scope, "tx" | "run" | "program">): Promise<BudgetRow[]> {
  const { rows } = await sql<Omit<BudgetRow, "left">>`
    select l.line, l.planned,
      coalesce(sum(b.amount) filter (where b.key is not null), 0)::bigint as committed,
      coalesce(sum(b.amount) filter (where b.key is null), 0)::bigint as recorded,
      coalesce(sum(b.amount), 0)::bigint as actual
    from budget_lines l left join budget_entries b on b.run = l.run and b.line = l.line
    where l.run = ${run} group by l.line, l.planned`.execute(tx);
  const order = program.budget.map((line) => line.id);
  return rows
    .map((row) => ({ ...row, left: row.planned - row.actual }))
    .toSorted((a, b) => order.indexOf(a.line) - order.indexOf(b.line) || a.line.localeCompare(b.line));
}

export async function loadBudget(scope: Scope): Promise<Budget> {
  const lines = await loadBudgetLines(scope);
  const { rows: counted } = await sql<{ participants: number }>`
    select count(*) filter (where m.took_part)::int as participants from (${members(scope)}) m`.execute(scope.tx);
  const sum = (column: keyof Omit<BudgetRow, "line">) => lines.reduce((total, line) => total + line[column], 0);
  const total = {
    planned: sum("planned"),
    committed: sum("committed"),
    recorded: sum("recorded"),
    actual: sum("actual"),
    left: sum("left"),
  };
  return { lines, total, participants: counted[0]!.participants };
}
