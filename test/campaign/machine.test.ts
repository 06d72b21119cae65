import fc from "../support/property.ts";
import { describe, expect, test } from "vitest";
import {
  type Completion,
  ENDED,
  type Enrolment,
  type Frame,
  type Op,
  pack,
  unpack,
} from "../../src/campaign/enrolment.ts";
import { localDay, toUtc, weekdayOf } from "../../src/campaign/calendar.ts";
import { advance, enrol, nextDue, outstanding } from "../../src/campaign/machine.ts";
import { code, OUTCOMES } from "../../src/campaign/program.ts";
import type { Stimulus } from "../../workflows/messages.ts";
import { flatten, journey } from "./journeys.ts";

const START = 29_600_000;
/** New York, whose clocks change within the horizon, so that calendar waits cross it */
const zone = {
  name: "America/New_York",
  transitions: [
    [0, -300],
    [START + 9_000, -240],
    [START + 90_000, -300],
  ] as [number, number][],
};
const frame = (nodes: Parameters<typeof flatten>[0]): Frame => ({ code: flatten(nodes), zone });
const final = [code("queued"), code("skipped"), code("met"), code("no"), 100, 101, 102];
const parameters = { numRuns: 400 };

interface Played {
  enrolment: Enrolment;
  /** ops in the order they were issued */
  issued: Op[];
  /** final completions: "pc occurrence outcome minute" */
  trace: string[];
}

/** Drives a member to its end: answers every op by `answer`, moves the clock when nothing is out. */
function play(
  f: Frame,
  answer: (op: Op, nth: number) => Pick<Completion, "outcome" | "value">,
  disturb?: (e: Enrolment, at: number) => Enrolment,
): Played {
  const played: Played = { enrolment: enrol(f, 7), issued: [], trace: [] };
  let at = START;
  const queue: Op[] = [];
  const take = (stimulus: Stimulus | Completion) => {
    const next = advance(f, played.enrolment, stimulus);
    played.enrolment = next.enrolment;
    queue.push(...next.ops);
    played.issued.push(...next.ops);
  };
  take({ kind: "start", at });
  for (let turns = 0; played.enrolment.status !== ENDED; turns++) {
    if (turns > 20_000) throw new Error("does not end");
    if (disturb) played.enrolment = disturb(played.enrolment, at);
    const op = queue.shift();
    if (op) {
      const result = answer(op, played.issued.length);
      take({ kind: "done", at, pc: op.pc, occurrence: op.occurrence, attempt: op.attempt, epoch: op.epoch, ...result });
      if (result.outcome !== code("deferred") && result.outcome !== code("waiting")) {
        played.trace.push(`${op.pc} ${op.occurrence} ${result.outcome} ${at}`);
      }
      continue;
    }
    const due = nextDue(played.enrolment);
    if (due === Infinity) break;
    at = Math.max(at, due);
    take({ kind: "clock", at });
  }
  return played;
}

/** Deterministic answers drawn from a seed list: some waits stay open until their time is over, some ops are deferred twice. */
function answers(f: Frame, choices: number[]) {
  return (op: Op): Pick<Completion, "outcome" | "value"> => {
    const choice = choices[(op.pc * 31 + op.occurrence * 7) % choices.length]!;
    if (choice % 11 === 0 && op.attempt < 3) return { outcome: code("deferred"), value: op.due + 30 };
    const instruction = f.code.instructions[op.pc];
    if (choice % 3 === 0 && instruction?.do === "op" && instruction.within) return { outcome: code("waiting") };
    return { outcome: final[choice % final.length]! };
  };
}
const choices = fc.array(fc.nat(1000), { minLength: 1, maxLength: 12 });

const anyStimulus: fc.Arbitrary<Stimulus | Completion> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("start", "clock", "pause", "resume", "end"),
    at: fc.integer({ min: START, max: START + 99_999 }),
  }) as fc.Arbitrary<Stimulus>,
  fc.record({
    kind: fc.constant("done" as const),
    at: fc.integer({ min: START, max: START + 99_999 }),
    pc: fc.integer({ min: -1, max: 40 }),
    occurrence: fc.nat(9),
    attempt: fc.nat(3),
    epoch: fc.nat(2),
    outcome: fc.nat(OUTCOMES.length + 2),
    value: fc.option(fc.integer({ min: START, max: START + 9999 }), { nil: undefined }),
  }) as fc.Arbitrary<Completion>,
  fc.record({
    kind: fc.constant("met" as const),
    at: fc.integer({ min: START, max: START + 99_999 }),
    pc: fc.integer({ min: -1, max: 40 }),
    occurrence: fc.nat(9),
    outcome: fc.nat(110),
  }),
  fc.record({
    kind: fc.constant("convert" as const),
    at: fc.integer({ min: START, max: START + 99_999 }),
    epoch: fc.nat(3),
    pc: fc.integer({ min: -1, max: 60 }),
  }),
);

describe("machine", () => {
  test("is total: no program and no stimulus makes it throw, and its state survives packing", () => {
    fc.assert(
      fc.property(journey, fc.array(anyStimulus, { maxLength: 40 }), (nodes, stimuli) => {
        const f = frame(nodes);
        let { enrolment } = advance(f, enrol(f, 3), { kind: "start", at: START });
        for (const stimulus of stimuli) {
          const before = JSON.stringify(enrolment);
          const next = advance(f, enrolment, stimulus);
          expect(JSON.stringify(enrolment)).toBe(before); // the old state is never written to
          enrolment = next.enrolment;
          expect(unpack(f, pack(enrolment))).toEqual(enrolment);
        }
      }),
      parameters,
    );
  });

  test("every journey ends, and no op is issued twice", () => {
    fc.assert(
      fc.property(journey, choices, (nodes, picks) => {
        const f = frame(nodes);
        const { enrolment, issued } = play(f, answers(f, picks));
        expect(enrolment.status).toBe(ENDED);
        const keys = issued.map((op) => `${op.pc}/${op.occurrence}/${op.attempt}/${op.epoch}`);
        expect(new Set(keys).size).toBe(keys.length);
      }),
      parameters,
    );
  });

  test("a loop that never rests ends instead of hanging", () => {
    const f: Frame = { zone, code: { machine: 1, registers: 1, instructions: [{ do: "jump", to: 0, root: 0 }] } };
    expect(advance(f, enrol(f, 0), { kind: "start", at: START }).enrolment.status).toBe(ENDED);
  });

  test("stimuli that are repeated or name nothing change nothing", () => {
    fc.assert(
      fc.property(journey, choices, (nodes, picks) => {
        const f = frame(nodes);
        const plain = play(f, answers(f, picks));
        const disturbed = play(f, answers(f, picks), (enrolment, at) => {
          let state = enrolment;
          const noise: (Stimulus | Completion)[] = [
            { kind: "start", at },
            { kind: "resume", at },
            { kind: "convert", at, epoch: 0, pc: 0 },
            { kind: "met", at, pc: 9999, occurrence: 1, outcome: code("met") },
            // what was put off with another attempt has been asked again already
            ...state.threads.map((thread): Stimulus => {
              const value = thread.attempt + 5;
              return { kind: "met", at, pc: thread.pc, occurrence: 1, outcome: code("deferred"), value };
            }),
            { kind: "done", at, pc: 0, occurrence: 77, attempt: 1, epoch: 0, outcome: code("queued") },
            { kind: "clock", at: START - 1 },
          ];
          for (const stimulus of noise) {
            const next = advance(f, state, stimulus);
            expect(next.ops).toEqual([]);
            state = next.enrolment;
          }
          expect(state).toEqual(enrolment);
          return state;
        });
        expect(disturbed.trace).toEqual(plain.trace);
      }),
      parameters,
    );
  });

  test("branches of a fork join exactly once, and only when the last has come", () => {
    fc.assert(
      fc.property(fc.array(journey, { minLength: 1, maxLength: 4 }), choices, (branches, picks) => {
        const f = frame([{ is: "fork", branches }, { is: "op" }]);
        const after = f.code.instructions.findIndex((instruction) => instruction.do === "op" && instruction.root === 1);
        const { issued, trace } = play(f, answers(f, picks));
        expect(issued.filter((op) => op.pc === after && op.attempt === 1)).toHaveLength(1);
        const waited = Math.max(
          START,
          ...trace.filter((line) => Number(line.split(" ")[0]) < after).map((line) => Number(line.split(" ")[3])),
        );
        expect(issued.find((op) => op.pc === after)!.due).toBeGreaterThanOrEqual(waited);
      }),
      parameters,
    );
  });

  test("a pause shifts relative waits by its length and leaves calendar waits where they were", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 3000 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 3000 }),
        fc.nat(200),
        (relative, length, from, number) => {
          const pausedAt = START + Math.min(from, relative - 1);
          const resumedAt = pausedAt + length;
          for (const kind of ["after", "calendar"] as const) {
            const until =
              kind === "after"
                ? { after: { days: 0, minutes: relative } }
                : { base: 0, shift: Math.floor((START + 9000) / 1440), at: 600 };
            const f = frame([{ is: "sleep", until }, { is: "op" }]);
            let state = advance(f, enrol(f, number), { kind: "start", at: START }).enrolment;
            const due = nextDue(state);
            state = advance(f, state, { kind: "pause", at: pausedAt }).enrolment;
            expect(nextDue(state)).toBe(Infinity);
            state = advance(f, state, { kind: "resume", at: resumedAt }).enrolment;
            if (kind === "after") expect(nextDue(state)).toBe(due + length);
            else if (due > resumedAt) expect(nextDue(state)).toBe(due);
            else if (nextDue(state) !== Infinity) expect(nextDue(state) - resumedAt).toBeLessThan(60); // fell due meanwhile: spread
          }
        },
      ),
      parameters,
    );
  });

  test("a wait for a weekday window goes on inside of one, paused or not", () => {
    const windows = fc.record({
      weekdays: fc.uniqueArray(fc.nat(6), { minLength: 1 }),
      from: fc.nat(1400),
      length: fc.integer({ min: 10, max: 600 }),
    });
    fc.assert(
      fc.property(
        windows,
        fc.nat(20_000),
        fc.integer({ min: 1, max: 20_000 }),
        fc.nat(200),
        ({ weekdays, from, length }, after, pause, number) => {
          const until = { weekdays, from, to: Math.min(1440, from + length) };
          const f = frame([{ is: "sleep", until }, { is: "op" }]);
          const begun = advance(f, enrol(f, number), { kind: "start", at: START + after });
          if (begun.ops.length > 0) return;
          const due = nextDue(begun.enrolment);
          const paused = advance(f, begun.enrolment, { kind: "pause", at: START + after }).enrolment;
          const resumed = advance(f, paused, { kind: "resume", at: START + after + pause });
          const on = resumed.ops.length > 0 ? START + after + pause : nextDue(resumed.enrolment);
          for (const minute of [due, on]) {
            const day = localDay(zone, minute);
            const [start, end] = [toUtc(zone, day, until.from), toUtc(zone, day, until.to)];
            expect(weekdays).toContain(weekdayOf(day));
            expect(minute >= start && minute < end).toBe(true);
          }
          if (START + after + pause < due) expect(on).toBe(due); // it was not shifted
        },
      ),
      parameters,
    );
  });

  test("an op answered `paused` is issued again with the same attempt, whichever of answer and resume comes first", () => {
    const f = frame([{ is: "op" }]);
    const started = advance(f, enrol(f, 0), { kind: "start", at: START });
    const op = started.ops[0]!;
    const paused: Completion = { kind: "done", at: START, ...op, outcome: code("paused"), value: 1 };
    const orders: (Stimulus | Completion)[][] = [
      [{ kind: "pause", at: START + 1 }, paused, { kind: "resume", at: START + 9 }],
      [paused, { kind: "pause", at: START + 1 }, { kind: "resume", at: START + 9 }],
      [{ kind: "pause", at: START + 1 }, { kind: "resume", at: START + 9 }, paused],
    ];
    for (const order of orders) {
      let state = started.enrolment;
      const ops: Op[] = [];
      for (const stimulus of order) {
        const next = advance(f, state, stimulus);
        state = next.enrolment;
        ops.push(...next.ops);
      }
      expect(ops.map(({ pc, occurrence, attempt }) => [pc, occurrence, attempt])).toEqual([[0, 1, 1]]);
    }
  });

  test("a conversion drops all threads, goes to its step, and older completions no longer count", () => {
    const f = frame([{ is: "fork", branches: [[{ is: "op" }], [{ is: "op" }]] }, { is: "op" }]);
    const target = f.code.instructions.length - 2;
    const started = advance(f, enrol(f, 0), { kind: "start", at: START });
    const converted = advance(f, started.enrolment, { kind: "convert", at: START + 5, epoch: 1, pc: target });
    expect(converted.ops).toEqual([{ pc: target, occurrence: 1, attempt: 1, epoch: 1, due: START + 5 }]);
    expect(advance(f, converted.enrolment, { kind: "convert", at: START + 6, epoch: 1, pc: target }).ops).toEqual([]);
    for (const op of started.ops) {
      const late = advance(f, converted.enrolment, { kind: "done", at: START + 6, ...op, outcome: code("queued") });
      expect(late).toEqual({ enrolment: converted.enrolment, ops: [] });
    }
    const superseded = advance(f, started.enrolment, {
      kind: "done",
      at: START + 4,
      ...started.ops[0]!,
      outcome: code("superseded"),
    });
    expect(outstanding(f, superseded.enrolment)).toHaveLength(2); // it waits for the convert stimulus
  });

  test("what an op was put off for is over: it is asked again once, whenever that is heard", () => {
    const f = frame([{ is: "op" }, { is: "op" }]);
    const started = advance(f, enrol(f, 0), { kind: "start", at: START });
    const deferred: Completion = {
      kind: "done",
      at: START,
      ...started.ops[0]!,
      outcome: code("deferred"),
      value: START + 9_000,
    };
    const over = (value: number): Stimulus => {
      return { kind: "met", at: START + 5, pc: 0, occurrence: 1, outcome: code("deferred"), value };
    };
    const pause: Stimulus = { kind: "pause", at: START + 1 };
    const resume: Stimulus = { kind: "resume", at: START + 6 };
    const orders: (Stimulus | Completion)[][] = [
      [deferred, over(1)],
      [over(1), deferred],
      [deferred, over(1), over(1)],
      [over(1), over(1), deferred],
      [deferred, { kind: "clock", at: START + 9_000 }, over(1)],
      [pause, deferred, over(1), resume],
      [pause, over(1), deferred, resume],
      [deferred, pause, over(1), over(1), resume],
    ];
    for (const order of orders) {
      let state = started.enrolment;
      const ops: Op[] = [];
      for (const stimulus of order) {
        const next = advance(f, state, stimulus);
        state = next.enrolment;
        ops.push(...next.ops);
      }
      expect(ops.map(({ pc, occurrence, attempt }) => [pc, occurrence, attempt])).toEqual([[0, 1, 2]]);
    }
    expect(advance(f, started.enrolment, over(2)).ops).toEqual([]);
  });

  test("a wait met before its op's completion arrives is not lost", () => {
    const f = frame([{ is: "wait", within: { days: 1, minutes: 0 }, met: [{ is: "op" }], timeout: [] }]);
    const started = advance(f, enrol(f, 0), { kind: "start", at: START });
    const met = advance(f, started.enrolment, {
      kind: "met",
      at: START + 1,
      pc: 0,
      occurrence: 1,
      outcome: code("met"),
    });
    expect(met.ops).toHaveLength(1);
    const late = advance(f, met.enrolment, { kind: "done", at: START, ...started.ops[0]!, outcome: code("waiting") });
    expect(late).toEqual({ enrolment: met.enrolment, ops: [] });
  });
});
