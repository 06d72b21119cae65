import { sql } from "kysely";
import { plus } from "../src/campaign/calendar.ts";
import { isGated, phaseStart } from "../src/campaign/decide/phase.ts";
import { isMetric, METRICS } from "../src/campaign/metrics.ts";
import type { Minute, Program, Text, Watch } from "../src/campaign/program.ts";
import { measure } from "../src/report/metric/measure.ts";
import { formatFor } from "../src/report/show/format.ts";
import { compare, type Ratio, ratioOf } from "../src/stats/ratio.ts";
import { minuteOf, timeOf } from "../src/store/clock.ts";
import type { Tx } from "../src/store/database.ts";
import { loadPhases } from "../src/store/phase.ts";
import type { Run } from "../src/store/run.ts";
import { insertTasks, openGates } from "../src/store/task.ts";
import { zoneAround } from "../src/store/zone.ts";

/** How often a metric is looked at once its watch's time has come. */
const AGAIN_MINUTES = 6 * 60;

/**
 * A metric that has run off raises one task, the first time that it is seen so after the watch's time has come; before
 * that, and while nobody is counted, it says nothing. The run is locked by the caller.
 * @returns minutes until it is worth asking again; Infinity: there is nothing left to watch
 */
export async function raiseWatches(tx: Tx, run: Run, program: Program, now: Date, locale: keyof Text): Promise<number> {
  const watches = await unraised(tx, run.id, program);
  if (watches.length === 0) return Infinity;
  const at = minuteOf(now);
  const startOf = await beginnings(tx, run, program, at);
  const zone = zoneAround(program.timezone, at);
  let next = Infinity;
  for (const { watch, id } of watches) {
    const start = startOf(watch);
    if (start === undefined) {
      // a gate: nobody says when it will open
      next = Math.min(next, AGAIN_MINUTES);
      continue;
    }
    const due = plus(zone, start, watch.after.days, watch.after.minutes);
    if (due > at) next = Math.min(next, due - at);
    else {
      const value = await offValue(tx, run.id, program, now, watch);
      if (value) await raise(tx, run.id, program, id, watch, titleOf(program, watch, value, locale), now);
      else next = Math.min(next, AGAIN_MINUTES);
    }
  }
  return next;
}

/** Watches without a task, each with its task's id: "winback-30-1/watch/participation_rate", a metric's second "…/2". */
async function unraised(tx: Tx, run: string, program: Program): Promise<{ watch: Watch; id: string }[]> {
  const { watch: watches } = program.goal;
  const named = watches.map((watch, i) => {
    const nth = watches.slice(0, i).filter((other) => other.metric === watch.metric).length;
    return { watch, id: `${run}/watch/${watch.metric}${nth > 0 ? `/${nth + 1}` : ""}` };
  });
  const { rows } = await sql<{ id: string }>`
    select id from tasks where id = any(${named.map(({ id }) => id)}::text[])`.execute(tx);
  const raised = new Set(rows.map((row) => row.id));
  return named.filter(({ id }) => !raised.has(id));
}

/** When the phase that a watch counts from begins, in the campaign's zone; undefined while a gate holds it up. */
async function beginnings(
  tx: Tx,
  run: Run,
  program: Program,
  at: Minute,
): Promise<(watch: Watch) => Minute | undefined> {
  const gates = (await openGates(tx, run.id)).map((gate) => gate.phase);
  const phases = await loadPhases(tx, run.id);
  const zone = zoneAround(program.timezone, at);
  return ({ phase: id }) => {
    if (id === undefined) return minuteOf(run.launchedAt);
    const phase = phases.find((one) => one.id === id);
    return phase && !isGated(phase.phase, gates) ? phaseStart(zone, phase.startDay) : undefined;
  };
}

/** The metric's value when it is beyond the watch's bound. */
async function offValue(tx: Tx, run: string, program: Program, now: Date, watch: Watch): Promise<Ratio | undefined> {
  const { metric, below, above } = watch;
  if (!isMetric(metric)) return undefined;
  const { numerator, denominator } = await measure({ tx, run, program, now, over: false }, metric, undefined);
  if (denominator <= 0) return undefined;
  const value = { numerator: BigInt(numerator), denominator: BigInt(denominator) };
  const low = below !== undefined && compare(value, ratioOf(below)) < 0;
  const high = above !== undefined && compare(value, ratioOf(above)) > 0;
  return low || high ? value : undefined;
}

async function raise(tx: Tx, run: string, program: Program, id: string, watch: Watch, title: string, now: Date) {
  const at = minuteOf(now);
  const zone = zoneAround(program.timezone, at);
  const task = {
    id,
    run,
    kind: "watch" as const,
    enrolment: null,
    customer: null,
    step: null,
    occurrence: null,
    title,
    team: watch.team,
    assignee: null,
    script: null,
    dueAt: timeOf(plus(zone, at, watch.due.days, watch.due.minutes)),
    maxAttempts: 1,
  };
  await insertTasks(tx, [task], now);
}

/** "Participation rate is 41.2%, below 60.0%" */
function titleOf(program: Program, watch: Watch, value: Ratio, locale: keyof Text): string {
  const { unit, label } = METRICS[watch.metric as keyof typeof METRICS];
  const { percent, rating, money } = formatFor(locale, program.currency, program.timezone);
  const write = { ratio: percent, rating, money }[unit];
  const low = watch.below !== undefined && compare(value, ratioOf(watch.below)) < 0;
  const bound = write(low ? watch.below! : watch.above!);
  const title = {
    en: `${label.en} is ${write(value)}, ${low ? "below" : "above"} ${bound}`,
    "zh-CN": `${label["zh-CN"]}为 ${write(value)}，${low ? "低于" : "高于"} ${bound}`,
  };
  return title[locale];
}
