import type { StepDefinition } from "../../definition/step.ts";
import type { BranchDefinition } from "../../definition/steps/branch.ts";
import { code, option } from "../../program.ts";
import type { Place } from "../place.ts";

export function compileBranch(
  { id, branch }: BranchDefinition<StepDefinition[]>,
  { assembler, next, nested }: Place,
): void {
  const [then, otherwise] = [assembler.ahead(), assembler.ahead()];
  const on = { [option(0)]: then, [code("no")]: otherwise };
  assembler.op(id, { kind: "branch", id, cases: [branch.if] }, { next, on });
  assembler.alias(then, nested(branch.then, next));
  assembler.alias(otherwise, nested(branch.else ?? [], next));
}
