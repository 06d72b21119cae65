import type { Instruction, Program } from "../../../src/campaign/program.ts";

/** All that keeps code from running on the machine; empty for sound code. */
export function flaws({ code, steps, roots, goal }: Program): string[] {
  const found: string[] = [];
  const { instructions, registers } = code;
  const inRange = (number: number, limit: number) => Number.isInteger(number) && number >= 0 && number < limit;
  for (const [pc, instruction] of instructions.entries()) {
    for (const to of waysOf(instruction)) if (!inRange(to, instructions.length)) found.push(`${pc}: goes to ${to}`);
    for (const register of registersOf(instruction))
      if (!inRange(register, registers)) found.push(`${pc}: register ${register}`);
    if (!inRange(instruction.root, roots.length)) found.push(`${pc}: root ${instruction.root}`);
    if (instruction.do === "op" && !Object.hasOwn(steps, instruction.step))
      found.push(`${pc}: no step ${instruction.step}`);
    if (instruction.do === "op" && (instruction.within === undefined) !== (instruction.expire === undefined))
      found.push(`${pc}: half a wait`);
  }
  const entries = [0, ...(goal.onConvert.mode === "goto" ? [goal.onConvert.pc] : [])];
  const reached = reachable(instructions, entries);
  for (const pc of instructions.keys()) if (!reached.has(pc)) found.push(`${pc}: not reachable`);
  const ops = instructions.flatMap((each) => (each.do === "op" ? [each.step] : []));
  if (new Set(ops).size !== ops.length) found.push("a step has two ops");
  if (ops.length !== Object.keys(steps).length) found.push("a step without an op");
  // a branch of a fork ends at a join, whatever happens on the way; else the fork waits for ever
  for (const each of instructions) {
    if (each.do !== "fork") continue;
    for (const branch of each.branches) {
      const inside = reachable(instructions, [branch], each.next);
      if ([...inside].some((pc) => instructions[pc]!.do === "end")) found.push(`branch ${branch} leaves its fork`);
    }
  }
  return found;
}

export function waysOf(instruction: Instruction): number[] {
  switch (instruction.do) {
    case "op":
      return [
        instruction.next,
        ...Object.values(instruction.on ?? {}),
        ...(instruction.expire === undefined ? [] : [instruction.expire]),
      ];
    case "sleep":
      return [instruction.next];
    case "loop":
      return [instruction.back, instruction.next];
    case "fork":
      return [...instruction.branches, instruction.next];
    case "jump":
      return [instruction.to];
    case "join":
    case "end":
      return [];
  }
}

function registersOf(instruction: Instruction): number[] {
  if (instruction.do === "loop") return [instruction.register];
  if (instruction.do === "op")
    return [
      ...(instruction.loops ?? []).map(([register]) => register),
      ...(instruction.into === undefined ? [] : [instruction.into]),
    ];
  if (instruction.do !== "sleep" || !("base" in instruction.until)) return [];
  const { base, plus } = instruction.until;
  return plus === undefined ? [base] : [base, plus];
}

function reachable(instructions: readonly Instruction[], from: readonly number[], without?: number): Set<number> {
  const seen = new Set<number>();
  const open = [...from];
  while (open.length > 0) {
    const pc = open.pop()!;
    if (seen.has(pc) || pc === without || !instructions[pc]) continue;
    seen.add(pc);
    open.push(...waysOf(instructions[pc]));
  }
  return seen;
}
