import { error, type Fault, pointer } from "../../fault.ts";
import { list, record } from "../definition/journey.ts";
import { isMetric, METRICS, type MetricUnit } from "../metrics.ts";
import type { Check } from "./check.ts";

const BOUNDS = ["atLeast", "atMost", "below", "above"];
const HIGHEST: Partial<Record<MetricUnit, number>> = { ratio: 1, rating: 10 };

/** Bounds fit the metric's unit: a share is written 0.7, not 70. */
export const targets: Check = (definition) => {
  const goal = record(definition.goal) ?? {};
  const plan = list(definition.plan).flatMap((row, index) => {
    const condition = record(record(row)?.doneWhen);
    if (typeof condition?.metric !== "string" || !isMetric(condition.metric)) return [];
    return boundFaults(condition, METRICS[condition.metric].unit, pointer("plan", index, "doneWhen"));
  });
  const goals = ["targets", "watch"].flatMap((key) =>
    list(goal[key]).flatMap((item, index) => {
      const target = record(item) ?? {};
      if (typeof target.metric !== "string" || !isMetric(target.metric)) return [];
      return boundFaults(target, METRICS[target.metric].unit, `/goal${pointer(key, index)}`);
    }),
  );
  return [...plan, ...goals];
};

function boundFaults(target: Record<string, unknown>, unit: MetricUnit, at: string): Fault[] {
  const faults: Fault[] = [];
  for (const bound of BOUNDS) {
    const value = target[bound];
    if (typeof value !== "number") continue;
    const highest = HIGHEST[unit];
    if (value < 0 || (highest !== undefined && value > highest)) {
      const hint =
        unit === "ratio" && value > 1 && value <= 100
          ? { en: `write ${value / 100}`, "zh-CN": `请写成 ${value / 100}` }
          : undefined;
      const range =
        highest === undefined
          ? { en: "not below 0", "zh-CN": "不小于 0 的数" }
          : { en: `from 0 to ${highest}`, "zh-CN": `0 到 ${highest}` };
      faults.push(
        error(
          `${at}${pointer(bound)}`,
          { en: `${value} must be ${range.en}`, "zh-CN": `${value} 应为 ${range["zh-CN"]}` },
          hint,
        ),
      );
    }
  }
  if (target.basis !== undefined && unit !== "money") {
    faults.push(error(`${at}/basis`, { en: "only a cost has a basis", "zh-CN": "只有成本指标才有 basis" }));
  }
  return faults;
}
