import type { Program, Trigger } from "./program.ts";

/** Programs of versions that had no other trigger say none. */
export function triggerOf(program: Pick<Program, "trigger">): Trigger {
  return program.trigger ?? { kind: "manual" };
}

/** Whether members join one by one a run that stands, instead of a whole audience at its launch. */
export function isStanding(program: Pick<Program, "trigger">): boolean {
  return ["event", "segment", "date"].includes(triggerOf(program).kind);
}
