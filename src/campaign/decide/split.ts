import type { Variable } from "../../rule/ast.ts";
import { option, type SplitStep } from "../program.ts";
import { type Decision, decided } from "./decision.ts";

export const BUCKETS = 10_000;

/**
 * What a split asks of a customer: the bucket of "campaign/step". A rule `{ "bucket": ["campaign/step", 10000] }` asks
 * the same, so anybody can recompute who went where.
 */
export function splitVariable(campaign: string, step: string): Variable {
  const salt = `${campaign}/${step}`;
  const source = { from: "bucket", salt, of: BUCKETS } as const;
  return { name: `bucket ${JSON.stringify([salt, BUCKETS])}`, type: "number", source };
}

export function decideSplit(step: SplitStep, bucket: number): Decision {
  const chosen = step.branches.findIndex(({ below }) => bucket < below);
  return chosen < 0 ? decided("failed", undefined, ["no-branch"]) : { outcome: option(chosen), reasons: [] };
}
