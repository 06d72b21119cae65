import { compare, type Ratio, ratioOf, subtract } from "./ratio.ts";

export type Verdict = "exceeded" | "met" | "missed" | "too early";

/** What a metric shows now: value = numerator ÷ denominator. */
export interface Measured {
  numerator: number;
  denominator: number;
  /** members whose value may still change; 0 = the figure is final */
  open: number;
}

/** At least one of the two; in the metric's own unit (money: minor units). */
export interface Bounds {
  atLeast?: number | undefined;
  atMost?: number | undefined;
}

export interface Judgement {
  verdict: Verdict;
  /** what the verdict would be if nothing changed any more; tells "too early" apart from "too early, and behind" */
  asOfNow: "exceeded" | "met" | "missed";
  /** exact value; absent where there is nobody to count */
  value?: Ratio;
  /** value minus target; absent with the value */
  gap?: Ratio;
}

/**
 * Exceeded: better than the target by at least a tenth of it. Missed: worse than the target, or nobody to count.
 * Too early: while anybody's window is open. Nothing is called early, neither for good nor for bad: figures can still
 * fall (refunds, more participants), and a verdict that changes is worth less than one that waits.
 */
export function judge(measured: Measured, bounds: Bounds): Judgement {
  if (measured.denominator <= 0) {
    return { verdict: measured.open > 0 ? "too early" : "missed", asOfNow: "missed" };
  }
  const value = { numerator: BigInt(measured.numerator), denominator: BigInt(measured.denominator) };
  const sides = [
    ...(bounds.atLeast === undefined ? [] : [side(value, bounds.atLeast, 1n)]),
    ...(bounds.atMost === undefined ? [] : [side(value, bounds.atMost, -1n)]),
  ];
  const order = ["missed", "met", "exceeded"] as const;
  const worst = sides.reduce((a, b) => (order.indexOf(b.verdict) < order.indexOf(a.verdict) ? b : a));
  return { verdict: measured.open > 0 ? "too early" : worst.verdict, asOfNow: worst.verdict, value, gap: worst.gap };
}

function side(value: Ratio, bound: number, direction: 1n | -1n) {
  const target = ratioOf(bound);
  const gap = subtract(value, target);
  const better = { numerator: gap.numerator * direction, denominator: gap.denominator };
  const magnitude = target.numerator < 0n ? -target.numerator : target.numerator;
  const tenth = { numerator: magnitude, denominator: target.denominator * 10n };
  const ahead = better.numerator > 0n && compare(better, tenth) >= 0;
  return {
    gap,
    verdict: better.numerator < 0n ? ("missed" as const) : ahead ? ("exceeded" as const) : ("met" as const),
  };
}
