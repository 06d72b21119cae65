import { sql } from "kysely";
import type { Database } from "../../src/store/database.ts";
import { type Load, quantile } from "./load.ts";
import { backendsOf, memoryOf, usedBy } from "./processor.ts";
import { allReacted, watchReactions } from "./reacted.ts";

export interface Stage {
  db: Database;
  /** to `serve`, and to the server that stores nothing */
  serve: Load;
  deaf: Load;
  servePid: number;
  deafPid: number;
}

interface Latency {
  p50: number;
  p99: number;
}

export interface Round {
  /** events a second: answered without storing, stored, reacted to */
  nothing: number;
  durable: number;
  reacted: number;
  /** milliseconds to 202 */
  answer: Latency;
  /** of processor, for each event from its request to its reaction */
  microseconds: { serve: number; postgres: number; load: number };
  /** the same of the server that stores nothing */
  microsecondsOfNothing: { serve: number };
}

/** The same load on the one server, then on the other. */
export async function playRound({ db, serve, deaf, servePid, deafPid }: Stage, seconds: number): Promise<Round> {
  // one that falls due within a round would burden that round alone
  await sql`checkpoint`.execute(db);
  const deafBefore = usedBy([deafPid]);
  const nothing = await deaf.flood(seconds);
  const byDeaf = ((usedBy([deafPid]) - deafBefore) / nothing.taken) * 1e6;
  const backends = await backendsOf(db);
  const used = () => [usedBy([servePid]), usedBy(backends()), ownProcessor()] as const;
  const before = used();
  const began = performance.now();
  const stored = await serve.flood(seconds);
  await allReacted(db);
  const reactedMs = performance.now() - began;
  const [byServe, byPostgres, byLoad] = used().map((after, i) => ((after - before[i]!) / stored.taken) * 1e6);
  return {
    nothing: nothing.taken / nothing.seconds,
    durable: stored.taken / stored.seconds,
    reacted: (stored.taken / reactedMs) * 1000,
    answer: latency(stored.latencies),
    microseconds: { serve: byServe!, postgres: byPostgres!, load: byLoad! },
    microsecondsOfNothing: { serve: byDeaf },
  };
}

export interface Steady {
  perSecond: number;
  /** milliseconds to 202, and until the reaction is there */
  answer: Latency;
  reaction: Latency;
}

export async function playSteady({ db, serve }: Stage, perSecond: number, seconds: number): Promise<Steady> {
  const watch = watchReactions(db);
  const loaded = await serve.steady(perSecond, seconds);
  const reaction = latency(await watch.stop());
  await allReacted(db);
  return { perSecond: loaded.taken / loaded.seconds, answer: latency(loaded.latencies), reaction };
}

export interface Memory {
  /** megabytes that `serve` held, in the order of time */
  megabytes: number[];
  /** least squares over the latter two thirds */
  megabytesPerMinute: number;
}

/** What `serve` holds while it takes events for a long time. */
export async function playMemory(
  { serve, servePid }: Stage,
  perSecond: number,
  seconds: number,
): Promise<Memory & Pick<Steady, "answer">> {
  const everySeconds = 5;
  const megabytes: number[] = [];
  const timer = setInterval(() => megabytes.push(memoryOf(servePid)), everySeconds * 1000);
  const { latencies } = await serve.steady(perSecond, seconds);
  clearInterval(timer);
  const settled = megabytes.slice(Math.floor(megabytes.length / 3));
  return { megabytes, megabytesPerMinute: slope(settled) * (60 / everySeconds), answer: latency(latencies) };
}

function slope(values: number[]): number {
  const meanX = (values.length - 1) / 2;
  const meanY = values.reduce((sum, value) => sum + value, 0) / values.length;
  const above = values.reduce((sum, value, x) => sum + (x - meanX) * (value - meanY), 0);
  return above / values.reduce((sum, _, x) => sum + (x - meanX) ** 2, 0);
}

function latency(values: Float64Array): Latency {
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99) };
}

function ownProcessor(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
