import { type Completion, ENDED, type Enrolment, type Frame, type Op } from "../campaign/enrolment.ts";
import { advance, enrol, nextDue } from "../campaign/machine.ts";
import { code, type Minute, type OpInstruction } from "../campaign/program.ts";
import type { Stimulus } from "../../workflows/messages.ts";

/** One decision as every driver shows it. */
export interface Traced {
  step: string;
  occurrence: number;
  attempt: number;
  outcome: number;
  at: Minute;
  value?: number;
}

/** What a world says to an op, and what it will do later because of it. */
export interface Answer {
  outcome: number;
  value?: number;
  reasons?: string[];
  later?: { at: Minute; stimulus: Stimulus }[];
}

/** Stands for activities, customers and reps. */
export interface World {
  answer(op: Op, step: string, at: Minute): Answer;
  /** called when a stimulus reaches the machine */
  happened?(stimulus: Stimulus, step: string | undefined): void;
}

export interface Driven {
  trace: (Traced & { reasons: string[] })[];
  enrolment: Enrolment;
  /** when it ended, or the last moment that was looked at */
  end: Minute;
}

/** More turns than a year of hourly work; a journey that waits for ever ends here. */
const TURNS = 100_000;

/** Drives one enrolment through a program on a virtual clock, until it ends or nothing more can happen before `horizon`. */
export function drive(frame: Frame, number: number, world: World, start: Minute, horizon: Minute): Driven {
  const trace: Driven["trace"] = [];
  const later: { at: Minute; stimulus: Stimulus }[] = [{ at: start, stimulus: { kind: "start", at: start } }];
  const asked: Op[] = [];
  let enrolment = enrol(frame, number);
  let at = start;
  const take = (stimulus: Stimulus | Completion) => {
    const next = advance(frame, enrolment, stimulus);
    enrolment = next.enrolment;
    asked.push(...next.ops);
  };
  for (let turn = 0; turn < TURNS && enrolment.status !== ENDED; turn++) {
    const op = asked.shift();
    if (op) {
      const { step } = frame.code.instructions[op.pc] as OpInstruction;
      const { outcome, value, reasons = [], later: more = [] } = world.answer(op, step, at);
      const { pc, occurrence, attempt, epoch } = op;
      const found = { outcome, at, ...(value !== undefined && { value }) };
      trace.push({ step, occurrence, attempt, reasons, ...found });
      later.push(...more);
      later.sort((a, b) => a.at - b.at);
      take({ kind: "done", pc, occurrence, attempt, epoch, ...found });
      continue;
    }
    const due = nextDue(enrolment);
    const soonest = later[0];
    if (Math.min(due, soonest?.at ?? Infinity) > horizon) break;
    if (soonest && soonest.at <= due) {
      later.shift();
      at = Math.max(at, soonest.at);
      const { stimulus } = soonest;
      world.happened?.(
        stimulus,
        stimulus.kind === "met" ? (frame.code.instructions[stimulus.pc] as OpInstruction).step : undefined,
      );
      take(stimulus);
    } else {
      at = Math.max(at, due);
      take({ kind: "clock", at });
    }
  }
  return { trace, enrolment, end: at };
}

/** A trace without what is only on the way to a decision. */
export function settled(trace: Traced[]): Traced[] {
  const passing = new Set([code("waiting"), code("deferred")]);
  return trace.filter(({ outcome }) => !passing.has(outcome));
}
