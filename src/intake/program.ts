import type { Program, Step } from "../campaign/program.ts";
import type { Tx } from "../store/database.ts";
import { loadDocument } from "../store/document.ts";

/** A program with what intake looks up in it. */
export interface KnownProgram {
  program: Program;
  /** index of the op with that name; stimuli name ops by it */
  pcOf(step: string): number | undefined;
}

const known = new WeakMap<Program, KnownProgram>();

export async function loadPrograms(tx: Tx, hashes: Iterable<string>): Promise<Map<string, KnownProgram>> {
  const programs = new Map<string, KnownProgram>();
  for (const hash of new Set(hashes)) programs.set(hash, know(await loadDocument<Program>(tx, hash)));
  return programs;
}

export function stepOf<K extends Step["kind"]>(
  { program }: KnownProgram,
  name: string,
  kind: K,
): Extract<Step, { kind: K }> | undefined {
  const step = program.steps[name];
  return step?.kind === kind ? (step as Extract<Step, { kind: K }>) : undefined;
}

function know(program: Program): KnownProgram {
  let entry = known.get(program);
  if (!entry) {
    const pcs = new Map<string, number>();
    program.code.instructions.forEach((instruction, pc) => {
      if (instruction.do === "op") pcs.set(instruction.step, pc);
    });
    entry = { program, pcOf: (step) => pcs.get(step) };
    known.set(program, entry);
  }
  return entry;
}
