import { DAY } from "../calendar.ts";
import type { Minute, Policy, SendKind } from "../program.ts";
import { type Decision, deferred } from "./decision.ts";

/** Problem first: no promotion while a complaint is open. Asked again each day until it is too late. */
export function heldByProblem(facts: {
  policy: Policy;
  kind: SendKind;
  openComplaint: boolean;
  at: Minute;
  validUntil: Minute;
}): Decision | undefined {
  if (!facts.policy.problemFirst || facts.kind !== "promotion" || !facts.openComplaint) return undefined;
  return deferred(Math.min(facts.validUntil, facts.at + DAY), "problem-first");
}
