import { type Enrolment, type Thread } from "./enrolment.ts";
import type { Instruction, Program } from "./program.ts";

/** What old step ids are called in the other program; those that are not named keep theirs. */
export type Renames = ReadonlyMap<string, string>;

/** How members of one program go over to another. */
export interface Passage {
  /** an instruction's place in the other program; undefined: it has none */
  pc(old: number): number | undefined;
  /** what an instruction is called, for people */
  name(old: number): string;
  /** registers by their old index; undefined: there is none that means the same */
  registers: (number | undefined)[];
  /** of the other program */
  count: number;
}

/** @throws RangeError when a program was compiled before places had names */
export function passage(from: Program, to: Program, renames: Renames): Passage {
  if (!from.places || !to.places) throw new RangeError("no places");
  const names = from.places;
  const targets = new Map(to.places.map((name, pc) => [name, pc]));
  const pcs = names.map((name, pc) => {
    const target = targets.get(renamed(name, renames));
    return target !== undefined && isSame(from, pc, to, target) ? target : undefined;
  });
  return {
    pc: (old) => pcs[old],
    name: (old) => names[old] ?? String(old),
    registers: registersOf(from, to, pcs),
    count: to.code.registers,
  };
}

/** @returns the member in the other program, or the name of the place where it stands and cannot go over from */
export function carry(enrolment: Enrolment, way: Passage): Enrolment | { stuck: string } {
  const threads: Thread[] = [];
  for (const thread of enrolment.threads) {
    const pc = way.pc(thread.pc);
    const parent = thread.parent < 0 ? -1 : way.pc(thread.parent);
    if (pc === undefined || parent === undefined)
      return { stuck: way.name(pc === undefined ? thread.pc : thread.parent) };
    threads.push({ ...thread, pc, parent });
  }
  const registers = new Array<number>(way.count).fill(0);
  enrolment.registers.forEach((value, old) => {
    const target = way.registers[old];
    if (target !== undefined) registers[target] = value;
  });
  return { ...enrolment, registers, threads };
}

const NAME = /^(~?)([a-z0-9-]+)(.*)$/;

/** A place's or an op's name with its step renamed. */
export function renamed(name: string, renames: Renames): string {
  const [, before = "", step = "", rest = ""] = NAME.exec(name) ?? [];
  return renames.has(step) ? `${before}${renames.get(step)}${rest}` : name;
}

/** Two instructions at which a thread can stand in the same way. */
function isSame(from: Program, old: number, to: Program, target: number): boolean {
  const [a, b] = [from.code.instructions[old]!, to.code.instructions[target]!];
  if (a.do !== b.do) return false;
  if (a.do === "fork") return b.do === "fork" && a.branches.length === b.branches.length;
  if (a.do !== "op" || b.do !== "op") return true;
  const [loops, others] = [a.loops ?? [], b.loops ?? []];
  return (
    from.steps[a.step]!.kind === to.steps[b.step]!.kind &&
    loops.length === others.length &&
    // passes are counted together, so that inner loops that are of another length would give old numbers anew
    loops.slice(1).every(([, times], i) => others[i + 1]![1] === times)
  );
}

/** Registers mean the same where instructions that are the same use them; one that is used in two ways means nothing. */
function registersOf(from: Program, to: Program, pcs: (number | undefined)[]): (number | undefined)[] {
  const found = new Map<number, Set<number>>();
  pcs.forEach((target, pc) => {
    if (target === undefined) return;
    const [mine, others] = [used(from.code.instructions[pc]!), used(to.code.instructions[target]!)];
    if (mine.length !== others.length) return;
    mine.forEach((register, i) => {
      const targets = found.get(register) ?? new Set();
      found.set(register, targets.add(others[i]!));
    });
  });
  return Array.from({ length: from.code.registers }, (_, register) => {
    const targets = [...(found.get(register) ?? [])];
    return targets.length === 1 ? targets[0] : undefined;
  });
}

function used(instruction: Instruction): number[] {
  switch (instruction.do) {
    case "op":
      return [
        ...(instruction.into === undefined ? [] : [instruction.into]),
        ...(instruction.loops ?? []).map(([r]) => r),
      ];
    case "loop":
      return [instruction.register];
    case "sleep": {
      const { until } = instruction;
      if (!("base" in until)) return [];
      return until.plus === undefined ? [until.base] : [until.base, until.plus];
    }
    default:
      return [];
  }
}
