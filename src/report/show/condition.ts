import { isMetric, METRICS } from "../../campaign/metrics.ts";
import type { PlanRow } from "../../campaign/program.ts";
import type { Format } from "./format.ts";

/** "Participation rate ≥ 70.0%", or the words in which people judge. */
export function conditionText(doneWhen: PlanRow["doneWhen"] | null, format: Format): string {
  if (doneWhen === null || doneWhen === undefined) return "";
  if (typeof doneWhen === "string") return doneWhen;
  const { metric, atLeast, atMost } = doneWhen;
  const bound = atLeast ?? atMost ?? 0;
  const sign = atLeast !== undefined ? "≥" : "≤";
  if (!isMetric(metric)) return `${metric} ${sign} ${bound}`;
  const { label, unit } = METRICS[metric];
  const write = { ratio: format.percent, rating: format.rating, money: format.money }[unit];
  return `${label[format.language]} ${sign} ${write(bound)}`;
}
