import type { Minute, Policy, SendKind } from "../program.ts";
import { type Decision, deferred } from "./decision.ts";

/** Why nothing promotional happens while a complaint is open. */
export const PROBLEM_FIRST = "problem-first";

/** Problem first: put off until it is too late; that complaints are solved is a stimulus, which asks again before. */
export function heldByProblem(facts: {
  policy: Policy;
  kind: SendKind;
  openComplaint: boolean;
  at: Minute;
  validUntil: Minute;
}): Decision | undefined {
  if (!facts.policy.problemFirst || facts.kind !== "promotion" || !facts.openComplaint) return undefined;
  return deferred(facts.validUntil, PROBLEM_FIRST);
}
