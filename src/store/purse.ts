import { sql } from "kysely";
import type { Cost } from "../campaign/decide/cost.ts";
import type { Tx } from "./database.ts";

/** What budget lines still hold, as far as one transaction is concerned. */
export interface Purse {
  /** the first line that cannot bear all of these together; a line that the run does not have bears anything */
  lacking(run: string, costs: readonly Cost[]): string | undefined;
  pay(run: string, costs: readonly Cost[]): void;
}

/**
 * Locks lines until the end of the transaction, in the order of their names. They come last in the lock order: whoever
 * holds one asks for nothing else any more.
 */
export async function openPurse(tx: Tx, asked: { run: string; line: string }[]): Promise<Purse> {
  const left = new Map<string, number>();
  if (asked.length > 0) {
    const { rows } = await sql<{ run: string; line: string; left: number }>`
      select run, line, planned - booked as left from budget_lines
      where (run, line) in (select * from unnest(${asked.map((one) => one.run)}::text[], ${asked.map((one) => one.line)}::text[]))
      order by run, line
      for update`.execute(tx);
    for (const row of rows) left.set(`${row.run} ${row.line}`, row.left);
  }
  return {
    lacking(run, costs) {
      const needed = new Map<string, number>();
      for (const { line, amount } of costs) needed.set(line, (needed.get(line) ?? 0) + amount);
      for (const [line, amount] of needed) {
        if (amount > 0 && amount > (left.get(`${run} ${line}`) ?? Infinity)) return line;
      }
      return undefined;
    },
    pay(run, costs) {
      for (const { line, amount } of costs) {
        const key = `${run} ${line}`;
        const before = left.get(key);
        if (before !== undefined) left.set(key, before - amount);
      }
    },
  };
}
