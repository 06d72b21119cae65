import { RSVP_OUTCOMES, type Step } from "./program.ts";

/** What people read for option(index) of a step: its own name if it has one. Cases are numbered from 1. */
export function optionName(step: Step | undefined, index: number): string {
  if (step?.kind === "task") return step.outcomes[index]?.id ?? `option ${index + 1}`;
  if (step?.kind === "waitFor") return step.any?.[index]?.id ?? step.any?.[index]?.event ?? `event ${index + 1}`;
  if (step?.kind === "split") return step.branches[index]?.id ?? `branch ${index + 1}`;
  if (step?.kind === "rsvp") return RSVP_OUTCOMES[index] ?? `option ${index + 1}`;
  return `case ${index + 1}`;
}
