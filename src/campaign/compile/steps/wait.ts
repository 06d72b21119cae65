import type { WaitDefinition } from "../../definition/steps/wait.ts";
import type { Place } from "../place.ts";

export function compileWait({ id, wait }: WaitDefinition, place: Place & { phases: readonly string[] }): void {
  const { assembler, next, phases } = place;
  if ("for" in wait) assembler.sleep({ after: wait.for }, next);
  else if ("at" in wait.until) assembler.sleep({ at: wait.until.at }, next);
  else assembler.op(id, { kind: "phase", id, phase: phases.indexOf(wait.until.phase) }, { next });
}
