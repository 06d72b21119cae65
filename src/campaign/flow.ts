import { type Code, code } from "./program.ts";

/** After these the op's thread stays where it is, or its member has nothing more to decide. */
const RESTING = new Set((["paused", "ended", "superseded", "deferred", "waiting", "scheduled"] as const).map(code));

/**
 * Whether an op with this outcome was its member's last: nothing but jumps lie between it and the journey's end. Only a
 * member's one root thread comes to an `end`; the branches of a fork end in `join`.
 */
export function endsJourney({ instructions }: Code, pc: number, outcome: number): boolean {
  const op = instructions[pc];
  if (op?.do !== "op" || RESTING.has(outcome)) return false;
  let next = op.on?.[outcome] ?? op.next;
  // as many steps as there are instructions, so that jumps in a circle end too
  for (let steps = 0; steps <= instructions.length; steps++) {
    const instruction = instructions[next];
    if (instruction?.do !== "jump") return instruction?.do === "end";
    next = instruction.to;
  }
  return false;
}
