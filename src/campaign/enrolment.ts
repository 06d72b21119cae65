import type { Zone } from "./calendar.ts";
import type { Code, Minute } from "./program.ts";

/** What a thread is doing. Numbers, since states are packed into integer columns; append only. */
export const SLEEPING = 0; // until `due`, then on to the next instruction
export const ASKED = 1; // its op is out; a completion will come
export const WAITING = 2; // a waits row is open; `met` or `due` (-1: never) ends it
export const HELD = 3; // its op is to be issued when the run resumes (or at `due` after that)
export const JOINING = 4; // a fork that waits for its branches
export const DEFERRED = 5; // its op is to be issued again at `due`
export const SCHEDULED = 6; // its op said to go on at `due`

export interface Thread {
  pc: number;
  state: number;
  /** -1: none */
  due: Minute;
  /** when this state began (a fork: when its latest branch joined) */
  since: Minute;
  attempt: number;
  /** pc of the fork it is a branch of; -1: none */
  parent: number;
}

export const NEW = 0;
export const LIVE = 1;
export const ENDED = 2;

export interface Enrolment {
  /** spreads what falls due at once after a pause */
  number: number;
  status: number;
  epoch: number;
  /** -1: not paused */
  pausedAt: Minute;
  /** pauses that have ended */
  resumes: number;
  registers: number[];
  threads: Thread[];
}

export interface Op {
  pc: number;
  occurrence: number;
  attempt: number;
  epoch: number;
  /** minute it was issued */
  due: Minute;
}

/** Completion of an op, as an activity reports it. */
export interface Completion {
  kind: "done";
  at: Minute;
  pc: number;
  occurrence: number;
  attempt: number;
  epoch: number;
  outcome: number;
  value?: number;
}

/** What stays the same for all enrolments of a cohort. */
export interface Frame {
  code: Code;
  zone: Zone;
}

// ── packing: states as integers, for continue-as-new ────────────────────────────────────────────────────────────────

/** [number, status, epoch, pausedAt, resumes, …registers, then six integers per thread] */
export function pack(enrolment: Enrolment): number[] {
  const { number, status, epoch, pausedAt, resumes, registers, threads } = enrolment;
  const packed = [number, status, epoch, pausedAt, resumes, ...registers];
  for (const t of threads) packed.push(t.pc, t.state, t.due, t.since, t.attempt, t.parent);
  return packed;
}

export function unpack(frame: Frame, packed: number[]): Enrolment {
  const [number = 0, status = NEW, epoch = 0, pausedAt = -1, resumes = 0] = packed;
  const first = 5 + frame.code.registers;
  const threads: Thread[] = [];
  for (let i = first; i + 5 < packed.length; i += 6) {
    const [pc = 0, state = 0, due = -1, since = 0, attempt = 1, parent = -1] = packed.slice(i, i + 6);
    threads.push({ pc, state, due, since, attempt, parent });
  }
  return { number, status, epoch, pausedAt, resumes, registers: packed.slice(5, first), threads };
}
