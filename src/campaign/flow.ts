import { type Code, code, type OpInstruction } from "./program.ts";

/** After these the op's thread stays where it is, or its member has nothing more to decide. */
const RESTING = new Set((["paused", "ended", "superseded", "deferred", "waiting", "scheduled"] as const).map(code));

/**
 * Whether an op with this outcome was its member's last: nothing but jumps and loops on their last pass lie between it
 * and the journey's end. Only a member's one root thread comes to an `end`; the branches of a fork end in `join`.
 */
export function endsJourney({ instructions }: Code, pc: number, outcome: number, occurrence: number): boolean {
  const op = instructions[pc];
  if (op?.do !== "op" || RESTING.has(outcome)) return false;
  const passes = passesOf(op, occurrence);
  let next = op.on?.[outcome] ?? op.next;
  // as many steps as there are instructions, so that jumps in a circle end too
  for (let steps = 0; steps <= instructions.length; steps++) {
    const instruction = instructions[next];
    if (instruction?.do === "jump") next = instruction.to;
    else if (instruction?.do === "loop") {
      if ((passes.get(instruction.register) ?? 0) + 1 < instruction.times) return false;
      next = instruction.next;
    } else return instruction?.do === "end";
  }
  return false;
}

/** The counts of an op's loops that its occurrence stands for: the reverse of `occurrenceOf`. */
function passesOf({ loops = [] }: OpInstruction, occurrence: number): Map<number, number> {
  const passes = new Map<number, number>();
  let rest = occurrence - 1;
  for (const [register, times] of [...loops].reverse()) {
    passes.set(register, rest % times);
    rest = Math.floor(rest / times);
  }
  return passes;
}
