import { error } from "../../fault.ts";
import { list, record, stepsOf } from "../definition/journey.ts";
import { MOST_THREADS } from "../definition/steps/parallel.ts";
import type { Check } from "./check.ts";

/** Branches within branches add up: an enrolment has at most so many threads at once. */
export const threads: Check = (definition) =>
  [...stepsOf(definition.journey)].flatMap((step) => {
    const own = list(record(step.body)?.branches).length;
    if (step.kind !== "parallel" || own > MOST_THREADS) return []; // too many of its own: the definition says so
    const count = threadsOf([{ parallel: step.body }]);
    if (count <= MOST_THREADS) return [];
    return [
      error(`${step.pointer}/parallel/branches`, {
        en: `runs ${count} branches at the same time, nested ones included; at most ${MOST_THREADS}`,
        "zh-CN": `含嵌套共 ${count} 个并行分支，最多 ${MOST_THREADS} 个`,
      }),
    ];
  });

/** Most threads that can be under way at once in these steps. */
function threadsOf(steps: unknown): number {
  let most = 1;
  for (const item of list(steps)) {
    const step = record(item) ?? {};
    for (const [kind, value] of Object.entries(step)) {
      const body = record(value);
      if (!body) continue;
      if (kind === "parallel")
        most = Math.max(
          most,
          list(body.branches).reduce<number>((sum, branch) => sum + threadsOf(branch), 0),
        );
      else
        for (const inner of [body.then, body.else, body.timeout, body.failed, body.steps])
          most = Math.max(most, threadsOf(inner));
      for (const way of [
        ...list(body.outcomes),
        ...list(body.answers),
        ...list(body.any),
        ...(kind === "parallel" ? [] : list(body.branches)),
      ]) {
        most = Math.max(most, threadsOf(record(way)?.then));
      }
    }
  }
  return most;
}
