import { list, record } from "../definition/journey.ts";
import type { Passed } from "./way.ts";
import type { Range } from "./range.ts";

/** What the steps of a journey can find, by the name that rules know it by. */
export function foundBySteps(steps: readonly Passed[]): Map<string, Range> {
  const found = new Map<string, Range>([["run.day", { least: 1, most: Infinity, sure: true }]]);
  for (const { id, kind, body } of steps) {
    if (kind === "challenge") found.set(`steps.${id}.count`, { least: 0, most: Number(body.days), sure: false });
    if (kind === "task") {
      const texts = list(body.outcomes).map((outcome) => String(record(outcome)?.id));
      found.set(`steps.${id}.outcome`, { least: -Infinity, most: Infinity, sure: false, texts });
    }
    if (kind !== "survey") continue;
    for (const item of list(body.questions)) {
      const { id: question, rating } = record(item) ?? {};
      if (typeof rating === "number")
        found.set(`steps.${id}.${String(question)}`, { least: 1, most: rating, sure: false });
    }
  }
  return found;
}
