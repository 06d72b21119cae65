import type { Stimulus } from "../../workflows/messages.ts";
import { type Completion, ENDED, type Enrolment, type Frame, type Op } from "./enrolment.ts";
import { advance, enrol, nextDue, outstanding } from "./machine.ts";
import { code, type Minute, type OpInstruction } from "./program.ts";

/** What is known of one member without its workflow. */
export interface Recorded {
  /** what was decided on an op; undefined: nothing yet */
  decided(
    step: string,
    occurrence: number,
    attempt: number,
  ): { outcome: number; at: Minute; value?: number } | undefined;
  /** a state from which to go on, instead of the beginning */
  from?: Enrolment;
  /** what came from outside since then, or from `start` on, in the order in which it was said */
  stimuli: readonly Stimulus[];
  /** the ordinal of the run's pause that a minute lies in */
  pauseAt(minute: Minute): number | undefined;
}

/** More turns than ten years of hourly work. */
const TURNS = 200_000;

/**
 * Where a member stands at `now`, from decisions and stimuli alone: the machine goes the same way again, since every
 * decision is kept with the minute in which it was taken. Ops of which nothing is known are out, to be issued again.
 */
export function rebuild(frame: Frame, number: number, recorded: Recorded, now: Minute): Enrolment {
  const stimuli = [...recorded.stimuli];
  const completions: Completion[] = [];
  let enrolment = recorded.from ?? enrol(frame, number);
  let at = recorded.from ? 0 : (stimuli[0]?.at ?? now);
  const take = (stimulus: Stimulus | Completion) => {
    const next = advance(frame, enrolment, stimulus);
    enrolment = next.enrolment;
    ask(next.ops);
  };
  const ask = (ops: Op[]) => {
    completions.push(...ops.flatMap((op) => completionOf(frame, op, recorded) ?? []));
    completions.sort((a, b) => a.at - b.at);
  };
  ask(outstanding(frame, enrolment));
  for (let turn = 0; turn < TURNS && enrolment.status !== ENDED; turn++) {
    // as a cohort digests: what was decided, what was said, then time itself
    const done = completions[0]?.at ?? Infinity;
    const said = stimuli.length > 0 ? Math.max(at, stimuli[0]!.at) : Infinity;
    const due = nextDue(enrolment);
    const next = Math.min(done, said, due);
    if (next > now) break;
    at = Math.max(at, next);
    if (done === next) take(completions.shift()!);
    else if (said === next) take(stimuli.shift()!);
    else take({ kind: "clock", at });
  }
  return enrolment;
}

function completionOf(frame: Frame, op: Op, recorded: Recorded): Completion | undefined {
  const { pc, occurrence, attempt, epoch } = op;
  const key = { kind: "done" as const, pc, occurrence, attempt, epoch };
  const found = recorded.decided((frame.code.instructions[pc] as OpInstruction).step, occurrence, attempt);
  if (found) return { ...key, ...found };
  const pause = recorded.pauseAt(op.due);
  return pause === undefined ? undefined : { ...key, outcome: code("paused"), at: op.due, value: pause };
}
