import type { Zone } from "../../src/campaign/calendar.ts";
import type { Minute, OpInstruction, Program } from "../../src/campaign/program.ts";
import type { Traced, World } from "../../src/simulate/drive.ts";
import type { Batch, CohortActivities, Completed } from "../../workflows/contract.ts";
import type { Numbered, Stimulus } from "../../workflows/messages.ts";
import { type Script, worldOf } from "./members.ts";

/**
 * One cohort's activities without a database: the members' worlds answer. Keeps what was decided, as the ledger does
 * (an op that comes again gets its first answer), and where the workflow last came to rest.
 */
export class Stage {
  readonly traces: (Traced & { reasons: string[] })[][];
  rest: { number: number; due: Minute | null } = { number: -1, due: null };
  ended = false;
  private readonly worlds: World[];
  private readonly program: Program;
  private readonly decided = new Map<string, Completed>();
  private number = 0;

  /** `first`: number of the cohort's first member among all */
  constructor(program: Program, zone: Zone, start: Minute, first: number, size: number) {
    this.program = program;
    this.worlds = Array.from({ length: size }, (_, i) => worldOf(program, zone, start, first + i));
    this.traces = this.worlds.map(() => []);
  }

  act({ pc, occurrence, attempt, epoch, due, members }: Batch): Completed[] {
    const { step } = this.program.code.instructions[pc] as OpInstruction;
    return members.map((member) => {
      const key = `${member}/${step}/${occurrence}/${attempt}`;
      const known = this.decided.get(key);
      if (known) return known;
      const op = { pc, occurrence, attempt, epoch, due };
      const { outcome, value, reasons = [] } = this.worlds[member]!.answer(op, step, due);
      const found = { outcome, at: due, ...(value !== undefined && { value }) };
      this.traces[member]!.push({ step, occurrence, attempt, reasons, ...found });
      const completed = { ...found, members: [member] };
      this.decided.set(key, completed);
      return completed;
    });
  }

  /** Numbers a stimulus and lets the member's world know of it. */
  say(member: number, stimulus: Stimulus): Numbered {
    const step =
      stimulus.kind === "met" ? (this.program.code.instructions[stimulus.pc] as OpInstruction).step : undefined;
    if (member >= 0) this.worlds[member]!.happened?.(stimulus, step);
    return { number: ++this.number, member, stimulus };
  }

  get lastNumber(): number {
    return this.number;
  }
}

/** Activities of several cohorts on one worker. */
export function stageActivities(program: Program, stages: Map<number, Stage>): CohortActivities {
  return {
    loadCode: async () => program.code,
    act: async (batch) => stages.get(batch.cohort)!.act(batch),
    endCohort: async (_run, cohort) => {
      stages.get(cohort)!.ended = true;
    },
    park: async (_run, cohort, number, due) => {
      stages.get(cohort)!.rest = { number, due };
    },
  };
}

/** The part of a script that concerns members [first, first + size), with their numbers within the cohort. */
export function partOf(script: Script[], first: number, size: number): Script[] {
  return script
    .filter(({ member }) => member >= first && member < first + size)
    .map((one) => ({ ...one, member: one.member - first }));
}
