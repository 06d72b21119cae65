import { z } from "zod";
import type { Rule } from "../../program.ts";
import { id } from "../leaf.ts";
import type { Names } from "../names.ts";

export interface BranchDefinition<Steps> {
  id: string;
  branch: { if: Rule; then: Steps; else?: Steps };
}

export function branchDefinition<Steps>(names: Names, steps: z.ZodType<Steps>) {
  return z
    .strictObject({
      id,
      branch: z.strictObject({ if: names.rule("steps", "boolean"), then: steps, else: steps.optional() }),
    })
    .meta({ description: "goes one way or the other by a rule" });
}
