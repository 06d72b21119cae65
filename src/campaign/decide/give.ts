import type { Minute, Policy, SendKind } from "../program.ts";
import { type Decision, skipped } from "./decision.ts";
import { heldByProblem } from "./hold.ts";

/** Why something is not given now, before it is known whether there is any left; undefined when it may be. */
export function decideGive(facts: {
  at: Minute;
  validUntil: Minute;
  kind: SendKind;
  policy: Policy;
  openComplaint: boolean;
}): Decision | undefined {
  return facts.at >= facts.validUntil ? skipped("expired") : heldByProblem(facts);
}
