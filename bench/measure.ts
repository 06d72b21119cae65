import { cpus, totalmem } from "node:os";

/** A ratio over rounds, each measured side by side. */
export interface Ratio {
  median: number;
  min: number;
  max: number;
  /** what it must reach; with `atMost`, what it must not exceed */
  target: number;
  atMost?: true;
  met: boolean;
}

/** What every bench prints, as one JSON object. */
export interface BenchReport {
  bench: string;
  machine: { cpus: number; model: string; memoryGb: number; node: string };
  ratios: Record<string, Ratio>;
  figures: Record<string, unknown>;
}

export function machine(): BenchReport["machine"] {
  const all = cpus();
  return {
    cpus: all.length,
    model: all[0]?.model ?? "",
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
}

export function ratio(values: number[], target: number, direction: "least" | "most" = "least"): Ratio {
  const median = medianOf(values);
  const of = (value: number) => Number(value.toPrecision(4));
  return {
    median: of(median),
    min: of(Math.min(...values)),
    max: of(Math.max(...values)),
    target,
    ...(direction === "most" && { atMost: true }),
    met: direction === "most" ? median <= target : median >= target,
  };
}

export function medianOf(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Milliseconds that it took. */
export async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const start = performance.now();
  const result = await work();
  return { ms: performance.now() - start, result };
}
