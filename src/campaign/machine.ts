import { DAY, localDay, minuteOfDay, plus, toUtc, windowFrom } from "./calendar.ts";
import {
  ASKED,
  type Completion,
  DEFERRED,
  ENDED,
  type Enrolment,
  type Frame,
  HELD,
  JOINING,
  LIVE,
  NEW,
  type Op,
  SCHEDULED,
  SLEEPING,
  type Thread,
  WAITING,
} from "./enrolment.ts";
import { code as outcome, type Instruction, type Minute, type OpInstruction, type When } from "./program.ts";
import type { Stimulus } from "../../workflows/messages.ts";

/**
 * The machine: pure and total. It holds where each thread of an enrolment stands and says which ops are now to be
 * decided; it never decides anything itself. Temporal, the simulator and the property tests drive this same function.
 */

export function enrol(frame: Frame, number: number): Enrolment {
  const registers = new Array<number>(frame.code.registers).fill(0);
  return { number, status: NEW, epoch: 0, pausedAt: -1, resumes: 0, registers, threads: [] };
}

/** @returns the next state and the ops that are now due; stimuli that name nothing change nothing */
export function advance(
  frame: Frame,
  enrolment: Enrolment,
  stimulus: Stimulus | Completion,
): { enrolment: Enrolment; ops: Op[] } {
  if (enrolment.status === ENDED) return { enrolment, ops: [] };
  if ((enrolment.status === NEW) !== (stimulus.kind === "start") && stimulus.kind !== "end")
    return { enrolment, ops: [] };
  const step = new Advance(frame, enrolment);
  step.take(stimulus);
  return { enrolment: step.state, ops: step.ops };
}

/** Earliest minute at which a `clock` stimulus would change something; Infinity: never. */
export function nextDue(enrolment: Enrolment): Minute {
  let due = Infinity;
  if (enrolment.pausedAt >= 0) return due;
  for (const thread of enrolment.threads) if (thread.due >= 0 && thread.due < due) due = thread.due;
  return due;
}

/** The ops that are out, to be issued again after a restart. */
export function outstanding(frame: Frame, enrolment: Enrolment): Op[] {
  return enrolment.threads.filter((thread) => thread.state === ASKED).map((thread) => opOf(frame, enrolment, thread));
}

/** Passes of an op so far, from 1: its enclosing loops' registers as a mixed-radix number. */
export function occurrenceOf(registers: readonly number[], op: OpInstruction): number {
  let number = 0;
  for (const [register, times] of op.loops ?? []) number = number * times + (registers[register] ?? 0);
  return number + 1;
}

function opOf(frame: Frame, enrolment: Enrolment, thread: Thread): Op {
  const occurrence = occurrenceOf(enrolment.registers, frame.code.instructions[thread.pc] as OpInstruction);
  return { pc: thread.pc, occurrence, attempt: thread.attempt, epoch: enrolment.epoch, due: thread.since };
}

/** More instructions than any sound program runs between two ops; a program that loops without an op ends there. */
const FUEL = 10_000;
const SPREAD_MINUTES = 60;
const PAUSED = outcome("paused");
const ENDED_OUTCOME = outcome("ended");
const SUPERSEDED = outcome("superseded");
const DEFERRED_OUTCOME = outcome("deferred");
const WAITING_OUTCOME = outcome("waiting");
const SCHEDULED_OUTCOME = outcome("scheduled");

/** One call of `advance`: a private copy of the state that instructions run on. */
class Advance {
  readonly state: Enrolment;
  readonly ops: Op[] = [];
  private readonly frame: Frame;
  private fuel = FUEL;

  constructor(frame: Frame, enrolment: Enrolment) {
    this.frame = frame;
    const threads = enrolment.threads.map((thread) => ({ ...thread }));
    this.state = { ...enrolment, registers: [...enrolment.registers], threads };
  }

  take(stimulus: Stimulus | Completion): void {
    switch (stimulus.kind) {
      case "start":
        this.state.status = LIVE;
        this.state.resumes = stimulus.resumes ?? 0;
        if (stimulus.paused) this.state.pausedAt = stimulus.at;
        this.begin(0, stimulus.at);
        break;
      case "clock":
        this.clock(stimulus.at);
        break;
      case "done":
        this.done(stimulus);
        break;
      case "met":
        this.met(stimulus);
        break;
      case "convert":
        this.convert(stimulus);
        break;
      case "pause":
        if (this.state.pausedAt < 0) this.state.pausedAt = stimulus.at;
        break;
      case "resume":
        this.resume(stimulus.at);
        break;
      case "end":
        this.state.threads = [];
        break;
    }
    if (this.state.threads.length === 0) this.state.status = ENDED;
  }

  private clock(at: Minute): void {
    if (this.state.pausedAt >= 0) return;
    const due = this.state.threads.filter((thread) => thread.due >= 0 && thread.due <= at);
    for (const thread of due) this.wake(thread, at);
  }

  private wake(thread: Thread, at: Minute): void {
    const instruction = this.instruction(thread);
    switch (thread.state) {
      case SLEEPING:
      case SCHEDULED:
        return this.go(thread, instruction && "next" in instruction ? instruction.next : -1, at);
      case WAITING:
        return this.go(thread, instruction?.do === "op" ? (instruction.expire ?? instruction.next) : -1, at);
      case DEFERRED:
      case HELD:
        return this.issue(thread, at);
    }
  }

  private done(completion: Completion): void {
    const thread = this.find(completion.pc, completion.occurrence);
    if (!thread || thread.state !== ASKED) return;
    if (thread.attempt !== completion.attempt || this.state.epoch !== completion.epoch) return;
    const op = this.instruction(thread) as OpInstruction;
    const { outcome: result, at, value } = completion;
    switch (result) {
      case PAUSED:
        // value = the ordinal of the pause that was met; if its end has already been seen, ask again
        if (this.state.resumes < (value ?? 0)) this.hold(thread, at);
        else this.issue(thread, at);
        return;
      case ENDED_OUTCOME:
        this.state.threads = [];
        return;
      case SUPERSEDED:
        return; // the convert stimulus that drops this thread is on its way
      case DEFERRED_OUTCOME:
        this.rest(thread, DEFERRED, at, Math.max(value ?? 0, at + 1));
        thread.attempt += 1;
        return;
      case WAITING_OUTCOME:
        return this.rest(
          thread,
          WAITING,
          at,
          op.within ? plus(this.frame.zone, at, op.within.days, op.within.minutes) : -1,
        );
      default:
        return this.proceed(thread, op, at, result, value);
    }
  }

  private met(stimulus: Extract<Stimulus, { kind: "met" }>): void {
    const thread = this.find(stimulus.pc, stimulus.occurrence);
    const op = thread && this.instruction(thread);
    if (op?.do !== "op" || thread!.state === SCHEDULED) return;
    if (stimulus.outcome === DEFERRED_OUTCOME) return this.askAgain(thread!, stimulus);
    this.proceed(thread!, op, stimulus.at, stimulus.outcome, stimulus.value, stimulus.value !== undefined);
  }

  /**
   * What an op was put off for is over. `value` is the attempt that was put off: its completion may still be on its way,
   * and once the next attempt is out there is nothing to hurry.
   */
  private askAgain(thread: Thread, { at, value }: Extract<Stimulus, { kind: "met" }>): void {
    if (thread.state === ASKED && thread.attempt === value) thread.attempt += 1;
    else if (thread.state !== DEFERRED || thread.attempt - 1 !== value) return;
    if (this.state.pausedAt >= 0) this.hold(thread, at);
    else this.issue(thread, at);
  }

  /** An op has its final outcome: on to the next instruction, at once or (scheduled) at `value`. */
  private proceed(
    thread: Thread,
    op: OpInstruction,
    at: Minute,
    result: number,
    value?: number,
    scheduled = false,
  ): void {
    if ((scheduled || result === SCHEDULED_OUTCOME) && value !== undefined && value > at) {
      return this.rest(thread, SCHEDULED, at, value);
    }
    if (op.into !== undefined && value !== undefined) this.state.registers[op.into] = value;
    this.go(thread, op.on?.[result] ?? op.next, at);
  }

  private convert(stimulus: Extract<Stimulus, { kind: "convert" }>): void {
    if (stimulus.epoch <= this.state.epoch) return;
    this.state.epoch = stimulus.epoch;
    this.state.threads = [];
    if (stimulus.pc >= 0) this.begin(stimulus.pc, stimulus.at);
  }

  /** Relative waits go on where they stood; what fell due meanwhile is spread, within its local day. */
  private resume(at: Minute): void {
    const { pausedAt, number } = this.state;
    if (pausedAt < 0) return;
    this.state.pausedAt = -1;
    this.state.resumes += 1;
    const { zone } = this.frame;
    const midnight = at + DAY - minuteOfDay(zone, at);
    for (const thread of [...this.state.threads]) {
      if (this.isRelative(thread)) thread.due += Math.max(0, at - Math.max(pausedAt, thread.since));
      if (thread.state === HELD || (thread.due >= 0 && thread.due <= at)) {
        const { start, end } = this.windowOf(thread, at) ?? { start: at, end: midnight };
        thread.due = start + (number % Math.min(SPREAD_MINUTES, end - start));
        if (thread.due === at) this.wake(thread, at);
      }
    }
  }

  /** A wait for a weekday window goes on inside of one, also after a pause. */
  private windowOf(thread: Thread, at: Minute): { start: Minute; end: Minute } | undefined {
    const instruction = this.instruction(thread);
    if (thread.state !== SLEEPING || instruction?.do !== "sleep" || !("weekdays" in instruction.until))
      return undefined;
    return windowFrom(this.frame.zone, instruction.until, at);
  }

  private isRelative(thread: Thread): boolean {
    if (thread.due < 0) return false;
    if (thread.state === WAITING) return true;
    const instruction = this.instruction(thread);
    return thread.state === SLEEPING && instruction?.do === "sleep" && "after" in instruction.until;
  }

  private begin(pc: number, at: Minute): void {
    const thread: Thread = { pc, state: SLEEPING, due: -1, since: at, attempt: 1, parent: -1 };
    this.state.threads.push(thread);
    this.go(thread, pc, at);
  }

  /** Runs instructions from `pc` until the thread rests or ends. */
  private go(thread: Thread, pc: number, at: Minute): void {
    for (;;) {
      thread.pc = pc;
      thread.attempt = 1;
      const instruction = this.instruction(thread);
      if (!instruction || --this.fuel < 0) return this.drop(thread);
      switch (instruction.do) {
        case "op":
          if (this.state.pausedAt >= 0) return this.hold(thread, at);
          return this.issue(thread, at);
        case "sleep": {
          const due = this.dueOf(instruction.until, at);
          if (due > at) return this.rest(thread, SLEEPING, at, due);
          pc = instruction.next;
          break;
        }
        case "loop":
          pc = this.loop(instruction);
          break;
        case "jump":
          pc = instruction.to;
          break;
        case "fork":
          return this.fork(thread, instruction.branches, at);
        case "join":
          return this.join(thread, at);
        case "end":
          return this.drop(thread);
      }
    }
  }

  private loop(instruction: Extract<Instruction, { do: "loop" }>): number {
    const passes = (this.state.registers[instruction.register] ?? 0) + 1;
    const again = passes < instruction.times;
    this.state.registers[instruction.register] = again ? passes : 0;
    return again ? instruction.back : instruction.next;
  }

  private fork(thread: Thread, branches: number[], at: Minute): void {
    this.rest(thread, JOINING, at, -1);
    const children = branches.map((pc): Thread => ({
      pc,
      state: SLEEPING,
      due: -1,
      since: at,
      attempt: 1,
      parent: thread.pc,
    }));
    this.state.threads.push(...children);
    for (const child of children) this.go(child, child.pc, at);
    if (children.length === 0) this.joined(thread, at);
  }

  private join(child: Thread, at: Minute): void {
    this.drop(child);
    const fork = this.state.threads.find((thread) => thread.state === JOINING && thread.pc === child.parent);
    if (fork) this.joined(fork, at);
  }

  private joined(fork: Thread, at: Minute): void {
    fork.since = Math.max(fork.since, at);
    if (this.state.threads.some((thread) => thread.parent === fork.pc)) return;
    const instruction = this.instruction(fork);
    this.go(fork, instruction?.do === "fork" ? instruction.next : -1, fork.since);
  }

  private issue(thread: Thread, at: Minute): void {
    this.rest(thread, ASKED, at, -1);
    this.ops.push(opOf(this.frame, this.state, thread));
  }

  private hold(thread: Thread, at: Minute): void {
    this.rest(thread, HELD, at, -1);
  }

  private rest(thread: Thread, state: number, since: Minute, due: Minute): void {
    thread.state = state;
    thread.since = since;
    thread.due = due;
  }

  private drop(thread: Thread): void {
    this.state.threads = this.state.threads.filter((other) => other !== thread);
  }

  private find(pc: number, occurrence: number): Thread | undefined {
    const instruction = this.frame.code.instructions[pc];
    if (instruction?.do !== "op" || occurrenceOf(this.state.registers, instruction) !== occurrence) return undefined;
    return this.state.threads.find((thread) => thread.pc === pc);
  }

  private instruction(thread: Thread): Instruction | undefined {
    return this.frame.code.instructions[thread.pc];
  }

  private dueOf(when: When, at: Minute): Minute {
    const { zone } = this.frame;
    if ("after" in when) return plus(zone, at, when.after.days, when.after.minutes);
    if ("weekdays" in when) return windowFrom(zone, when, at).start;
    if ("base" in when) {
      const { registers } = this.state;
      const day = (registers[when.base] ?? 0) + (when.plus === undefined ? 0 : (registers[when.plus] ?? 0));
      return toUtc(zone, day + (when.shift ?? 0), when.at);
    }
    const today = toUtc(zone, localDay(zone, at), when.at);
    return today >= at ? today : toUtc(zone, localDay(zone, at) + 1, when.at);
  }
}
