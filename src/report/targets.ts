import { isMetric, METRICS, type MetricName, type MetricUnit } from "../campaign/metrics.ts";
import type { Target, Text } from "../campaign/program.ts";
import { toNumber } from "../stats/ratio.ts";
import { judge, type Judgement, type Verdict } from "../stats/verdict.ts";
import { measure } from "./metric/measure.ts";
import type { Scope } from "./scope.ts";

/** Money values, bounds and gaps are minor units. numerator and denominator are exact; value and gap are for reading. */
export interface TargetLine {
  metric: MetricName;
  unit: MetricUnit;
  label: Text;
  population: Text;
  definition: Text;
  atLeast: number | null;
  atMost: number | null;
  basis: "actual" | "planned" | null;
  numerator: number;
  denominator: number;
  value: number | null;
  /** value minus target */
  gap: number | null;
  /** members whose figure may still change */
  open: number;
  verdict: Verdict;
  /** the verdict if nothing changed any more */
  asOfNow: Judgement["asOfNow"];
}

export async function loadTargets(scope: Scope): Promise<TargetLine[]> {
  const lines: TargetLine[] = [];
  for (const target of scope.program.goal.targets) {
    if (isMetric(target.metric)) lines.push(await loadTarget(scope, target, target.metric));
  }
  return lines;
}

async function loadTarget(scope: Scope, target: Target, name: MetricName): Promise<TargetLine> {
  const { unit, label, population, definition } = METRICS[name];
  const measured = await measure(scope, name, target.basis);
  // before the run is over nobody counted means nobody yet
  const open = measured.denominator === 0 && !scope.over ? Math.max(measured.open, 1) : measured.open;
  const judgement = judge({ ...measured, open }, target);
  return {
    metric: name,
    unit,
    label,
    population,
    definition,
    atLeast: target.atLeast ?? null,
    atMost: target.atMost ?? null,
    basis: unit === "money" ? (target.basis ?? "actual") : null,
    numerator: measured.numerator,
    denominator: measured.denominator,
    value: judgement.value ? toNumber(judgement.value) : null,
    gap: judgement.gap ? toNumber(judgement.gap) : null,
    open,
    verdict: judgement.verdict,
    asOfNow: judgement.asOfNow,
  };
}

/** The bound that a line is printed against. */
export function boundOf(line: TargetLine): { sign: "≥" | "≤"; bound: number } {
  return line.atLeast !== null ? { sign: "≥", bound: line.atLeast } : { sign: "≤", bound: line.atMost ?? 0 };
}
