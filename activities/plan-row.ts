import { sql } from "kysely";
import { isMetric } from "../src/campaign/metrics.ts";
import type { MetricCondition, PlanRow, Program } from "../src/campaign/program.ts";
import { measure } from "../src/report/metric/measure.ts";
import { compare, ratioOf } from "../src/stats/ratio.ts";
import type { Tx } from "../src/store/database.ts";
import { openBehindGate } from "../src/store/gate.ts";
import { lockGates } from "../src/store/phase.ts";
import type { Run } from "../src/store/run.ts";
import { openBefore, updateTask } from "../src/store/task.ts";

/** How often a metric is looked at while a row of the plan waits for it. */
const LOOK_MINUTES = 60;

/**
 * Closes rows of the plan whose `doneWhen` is a metric that has been reached: from their first day on, and not before the
 * rows that they come after. A gate lets the next phase begin, as when somebody says that it is done. The run is locked.
 * @returns minutes until it is worth asking again; Infinity: nothing is left to ask
 */
export async function closeReachedRows(tx: Tx, run: Run, program: Program, now: Date): Promise<number> {
  const asked = program.plan.filter((row) => typeof row.doneWhen === "object");
  if (asked.length === 0) return Infinity;
  await lockGates(tx, run.id);
  const open = await openTasks(tx, run.id);
  let next = Infinity;
  for (const row of asked) {
    const id = `${run.id}/plan/${row.id}`;
    const task = open.get(id);
    if (!task) continue;
    if (task.from > now) {
      next = Math.min(next, Math.ceil((task.from.getTime() - now.getTime()) / 60_000));
      continue;
    }
    const reached = await isReached(tx, run.id, program, now, row.doneWhen as MetricCondition);
    if (reached && (await openBefore(tx, id)).length === 0) await close(tx, run, program, row, task.attempts, now);
    else next = Math.min(next, LOOK_MINUTES);
  }
  return next;
}

async function openTasks(tx: Tx, run: string): Promise<Map<string, { from: Date; attempts: number }>> {
  const { rows } = await sql<{ id: string; from: Date; attempts: number }>`
    select id, from_at as from, attempts from tasks
    where run = ${run} and kind = 'plan' and status in ('open', 'overdue') order by id for update`.execute(tx);
  return new Map(rows.map(({ id, ...task }) => [id, task]));
}

async function isReached(
  tx: Tx,
  run: string,
  program: Program,
  now: Date,
  { metric, atLeast, atMost }: MetricCondition,
): Promise<boolean> {
  if (!isMetric(metric)) return false;
  const { numerator, denominator } = await measure({ tx, run, program, now, over: false }, metric, undefined);
  if (denominator <= 0) return false;
  const value = { numerator: BigInt(numerator), denominator: BigInt(denominator) };
  if (atLeast !== undefined) return compare(value, ratioOf(atLeast)) >= 0;
  return atMost !== undefined && compare(value, ratioOf(atMost)) <= 0;
}

async function close(tx: Tx, run: Run, program: Program, row: PlanRow, attempts: number, now: Date): Promise<void> {
  const id = `${run.id}/plan/${row.id}`;
  await updateTask(tx, id, { status: "done", attempts, outcome: null, note: null, by: "metric", doneAt: now });
  if (row.gate) await openBehindGate(tx, run.id, program, row.phase, now);
}
