import type { StepDefinition } from "../../definition/step.ts";
import type { ParallelDefinition } from "../../definition/steps/parallel.ts";
import type { Place } from "../place.ts";

export function compileParallel(
  { parallel }: ParallelDefinition<StepDefinition[]>,
  { assembler, next, nested }: Place,
): void {
  const branches = parallel.branches.map(() => assembler.ahead());
  assembler.fork(branches, next);
  const join = assembler.here();
  assembler.join();
  for (const [index, steps] of parallel.branches.entries()) assembler.alias(branches[index]!, nested(steps, join));
}
