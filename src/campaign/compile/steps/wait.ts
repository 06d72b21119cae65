import { DAY } from "../../calendar.ts";
import type { WaitDefinition } from "../../definition/steps/wait.ts";
import type { Place } from "../place.ts";

/** What the calendar alone decides is the machine's; what needs facts is an op that says when to go on. */
export function compileWait({ id, wait }: WaitDefinition, place: Place & { phases: readonly string[] }): void {
  const { assembler, next, phases } = place;
  if ("for" in wait) assembler.sleep({ after: wait.for }, next);
  else if ("phase" in wait.until) {
    assembler.op(id, { kind: "phase", id, phase: phases.indexOf(wait.until.phase) }, { next });
  } else if ("date" in wait.until) assembler.op(id, { kind: "date", id, ...wait.until.date }, { next });
  else if ("weekdays" in wait.until) {
    const { weekdays, from = 0, to = DAY } = wait.until;
    assembler.sleep({ weekdays, from, to }, next);
  } else assembler.sleep(wait.until, next);
}
