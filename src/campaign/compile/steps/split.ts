import type { StepDefinition } from "../../definition/step.ts";
import type { SplitDefinition } from "../../definition/steps/split.ts";
import { option } from "../../program.ts";
import type { Place } from "../place.ts";

export function compileSplit(
  { id, split }: SplitDefinition<StepDefinition[]>,
  { assembler, next, nested }: Place,
): void {
  let below = 0;
  const branches = split.branches.map(({ id: name, weight }) => {
    below += Math.round(weight * 100);
    return { ...(name !== undefined && { id: name }), below };
  });
  const ways = branches.map(() => assembler.ahead());
  const on = Object.fromEntries(ways.map((label, index) => [option(index), label]));
  assembler.op(id, { kind: "split", id, branches }, { next, on });
  for (const [index, { then }] of split.branches.entries()) assembler.alias(ways[index]!, nested(then ?? [], next));
}
