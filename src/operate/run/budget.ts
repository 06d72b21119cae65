import { sql } from "kysely";
import type { Program, Text } from "../../campaign/program.ts";
import { nearest, refuse } from "../../fault.ts";
import { findRun } from "../../report/find-run.ts";
import { insertBudgetEntries } from "../../store/budget.ts";
import { now } from "../../store/clock.ts";
import { type Database, type Settled, transaction } from "../../store/database.ts";
import { loadDocument } from "../../store/document.ts";

/** A line after the record; minor units. */
export interface Recorded {
  run: string;
  line: string;
  currency: string;
  amount: number;
  planned: number;
  actual: number;
  left: number;
}

/**
 * Books what was really spent and no effect has booked; a negative amount corrects an earlier record. Every call books
 * again: there is nothing to tell a repetition from a second invoice.
 * @param amount major units as text ("1,234.50")
 * @param settled called before the transaction ends
 * @throws InputError for an unknown run or line, or an amount that is none in the run's currency
 */
export async function recordBudget(
  db: Database,
  name: string,
  line: string,
  amount: string,
  note?: string,
  settled?: Settled<Recorded>,
): Promise<Recorded> {
  return transaction(db, async (tx) => {
    const run = await findRun(tx, name);
    const { currency } = await loadProgram(tx, run);
    const minor = minorUnits(amount, currency);
    const { rows: lines } = await sql<{ line: string; planned: number }>`
      select line, planned from budget_lines where run = ${run} order by line for update`.execute(tx);
    const planned = lines.find((row) => row.line === line)?.planned;
    if (planned === undefined) {
      const known = lines.map((row) => row.line);
      const message = { en: `run ${run} has no budget line "${line}"`, "zh-CN": `运行 ${run} 没有预算科目 "${line}"` };
      throw refuse(
        "LINE",
        message,
        nearest(line, known) ?? { en: "its campaign has no budget", "zh-CN": "该活动没有预算" },
      );
    }
    await insertBudgetEntries(
      tx,
      [{ run, line, key: null, amount: minor, ...(note !== undefined && { note }) }],
      await now(tx),
    );
    const { rows } = await sql<{ actual: number }>`
      select sum(amount)::bigint as actual from budget_entries where run = ${run} and line = ${line}`.execute(tx);
    const { actual } = rows[0]!;
    const recorded = { run, line, currency, amount: minor, planned, actual, left: planned - actual };
    await settled?.(tx, recorded);
    return recorded;
  });
}

async function loadProgram(tx: Parameters<typeof findRun>[0], run: string): Promise<Program> {
  const { rows } = await sql<{ program: string }>`select program from runs where id = ${run}`.execute(tx);
  return loadDocument<Program>(tx, rows[0]!.program);
}

const WRITTEN = /^([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?$/;
const LARGEST = 10n ** 15n;

/** On text alone, so that no cent is ever rounded. @throws InputError */
export function minorUnits(text: string, currency: string): number {
  const digits =
    new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  const [, sign = "", whole = "", fraction = ""] = WRITTEN.exec(text.trim().replace("−", "-")) ?? [];
  if (whole === "") {
    throw bad(`"${text}" is no amount`, `"${text}" 不是金额`, { en: "write it as 1234.50", "zh-CN": "请写成 1234.50" });
  }
  if (fraction.length > digits && /[1-9]/.test(fraction.slice(digits))) {
    throw bad(
      `"${text}" has more decimals than ${currency} has (${digits})`,
      `"${text}" 的小数位数多于 ${currency} 允许的 ${digits} 位`,
    );
  }
  const magnitude = BigInt(whole.replaceAll(",", "") + fraction.slice(0, digits).padEnd(digits, "0"));
  if (magnitude === 0n) throw bad("nothing to record: the amount is 0", "金额为 0，无需登记");
  if (magnitude >= LARGEST) throw bad("the amount is too large to be meant", "金额过大，不合理");
  return Number(sign === "-" ? -magnitude : magnitude);
}

function bad(en: string, zh: string, hint?: Text) {
  return refuse("AMOUNT", { en, "zh-CN": zh }, hint);
}
