import fc from "../support/property.ts";
import { expect, test } from "vitest";
import { DAY, minuteOfDay, windowFrom } from "../../src/campaign/calendar.ts";
import { compileCampaign } from "../../src/campaign/compile/campaign.ts";
import {
  type Completion,
  ENDED,
  type Enrolment,
  type Frame,
  HELD,
  JOINING,
  type Op,
  pack,
  SLEEPING,
  type Thread,
  unpack,
  WAITING,
} from "../../src/campaign/enrolment.ts";
import { advance, enrol, nextDue, outstanding } from "../../src/campaign/machine.ts";
import { code, type OpInstruction, type Program } from "../../src/campaign/program.ts";
import type { Stimulus } from "../../workflows/messages.ts";
import { SEED } from "../support/seed.ts";
import { journeys } from "./support/journeys.ts";
import { campaign, testLibrary } from "./support/library.ts";

/** The machine over journeys of the whole language, as the compiler lays them out. */

const START = 29_600_000;
/** clocks change twice within the horizon */
const zone = {
  name: "America/New_York",
  transitions: [
    [0, -300],
    [START + 9_000, -240],
    [START + 60_000, -300],
  ] as [number, number][],
};
const library = testLibrary();
const phases = [
  { id: "first", days: 3 },
  { id: "second", days: 30 },
];
/** compiling takes longer than playing, so each property draws from these */
const pool = fc.sample(journeys, { numRuns: 60, seed: SEED }).map(frameOf);
const drawn = fc.nat(pool.length - 1).map((index) => ({ index, f: pool[index]! }));
const parameters = { numRuns: 200 };
const choices = fc.array(fc.nat(1000), { minLength: 3, maxLength: 12 });

function frameOf(journey: unknown[]): Frame & { program: Program } {
  const { program, faults } = compileCampaign(campaign(journey, { phases }), library, "generated.json");
  expect(faults.filter((fault) => fault.severity === "error")).toEqual([]);
  return { program: program!, code: program!.code, zone };
}

type Answer = Pick<Completion, "outcome" | "value">;

/** An outcome that the op's step knows, by chance; now and then it is put off, or waits. */
function answerOf(f: ReturnType<typeof frameOf>, picks: number[]): (op: Op, at: number) => Answer {
  return (op, at) => {
    const pick = picks[(op.pc * 31 + op.occurrence * 7) % picks.length]!;
    const instruction = f.code.instructions[op.pc] as OpInstruction;
    const step = f.program.steps[instruction.step]!;
    if (pick % 11 === 0 && op.attempt < 3) return { outcome: code("deferred"), value: at + 45 };
    if (pick % 3 === 0 && instruction.within) return { outcome: code("waiting") };
    if (step.kind === "challengeOpen") return { outcome: code("opened"), value: Math.floor(at / DAY) + 1 };
    if (step.kind === "date" || step.kind === "phase")
      return { outcome: code("scheduled"), value: at + (pick % 4_000) };
    const ways = Object.keys(instruction.on ?? {}).map(Number);
    return { outcome: [...ways, code("done"), code("skipped"), code("failed")][pick % (ways.length + 3)]! };
  };
}

interface Played {
  enrolment: Enrolment;
  /** ops in the order they were issued */
  issued: string[];
  /** "step occurrence outcome minute" of final answers */
  trace: string[];
}

/** @param disturb may change or look at the state between any two stimuli */
function play(
  f: ReturnType<typeof frameOf>,
  answer: (op: Op, at: number) => Answer,
  disturb: (enrolment: Enrolment, at: number) => Enrolment = (enrolment) => enrolment,
): Played {
  const played: Played = { enrolment: enrol(f, 7), issued: [], trace: [] };
  const queue: Op[] = [];
  let at = START;
  const take = (stimulus: Stimulus | Completion) => {
    const { enrolment, ops } = advance(f, disturb(played.enrolment, at), stimulus);
    played.enrolment = enrolment;
    for (const { pc, occurrence, attempt, epoch } of ops) played.issued.push(`${pc}/${occurrence}/${attempt}/${epoch}`);
    queue.push(...ops);
  };
  take({ kind: "start", at });
  for (let turns = 0; played.enrolment.status !== ENDED; turns++) {
    if (turns > 50_000) throw new Error("does not end");
    const op = queue.shift();
    if (op) {
      const given = answer(op, at);
      take({ kind: "done", at, pc: op.pc, occurrence: op.occurrence, attempt: op.attempt, epoch: op.epoch, ...given });
      if (given.outcome === code("deferred") || given.outcome === code("waiting")) continue;
      const { step } = f.code.instructions[op.pc] as OpInstruction;
      played.trace.push(`${step} ${op.occurrence} ${given.outcome} ${at}`);
    } else {
      at = Math.max(at, nextDue(played.enrolment));
      if (at === Infinity) break;
      take({ kind: "clock", at });
    }
  }
  return played;
}

const over = (run: (f: ReturnType<typeof frameOf>, picks: number[]) => void) =>
  fc.assert(
    fc.property(drawn, choices, ({ index, f }, picks) => telling(index, () => run(f, picks))),
    parameters,
  );

/** Names what a failure needs to be seen again. */
function telling(index: number, run: () => void): void {
  try {
    run();
  } catch (cause) {
    throw new Error(`journey ${index} of seed ${SEED}: ${(cause as Error).message}`, { cause });
  }
}

test("every journey ends, by whatever its steps say, and no op is issued twice", () => {
  over((f, picks) => {
    const { enrolment, issued } = play(f, answerOf(f, picks));
    expect(enrolment.status).toBe(ENDED);
    expect(new Set(issued).size).toBe(issued.length);
  });
});

test("no fork waits in vain, none is left by its branches, and its thread goes on once", () => {
  over((f, picks) => {
    play(f, answerOf(f, picks), (enrolment) => {
      const forks = enrolment.threads.filter((thread) => thread.state === JOINING).map((thread) => thread.pc);
      expect(new Set(forks).size).toBe(forks.length);
      const parents = new Set(enrolment.threads.map((thread) => thread.parent).filter((pc) => pc >= 0));
      expect([...parents].toSorted((a, b) => a - b)).toEqual(forks.toSorted((a, b) => a - b));
      return enrolment;
    });
  });
});

test("a state survives packing at any moment, and says which ops are out", () => {
  over((f, picks) => {
    const plain = play(f, answerOf(f, picks));
    const packed = play(f, answerOf(f, picks), (enrolment) => {
      const restored = unpack(f, pack(enrolment));
      expect(outstanding(f, restored)).toEqual(outstanding(f, enrolment));
      return restored;
    });
    expect(packed.trace).toEqual(plain.trace);
  });
});

test("stimuli that come again or name nothing change nothing", () => {
  over((f, picks) => {
    const answer = answerOf(f, picks);
    const plain = play(f, answer);
    const said: Completion[] = [];
    const disturbed = play(
      f,
      (op, at) => {
        const given = answer(op, at);
        said.push({
          kind: "done",
          at,
          pc: op.pc,
          occurrence: op.occurrence,
          attempt: op.attempt,
          epoch: op.epoch,
          ...given,
        });
        return given;
      },
      (enrolment, at) => {
        if (enrolment.status !== ENDED && enrolment.threads.length === 0) return enrolment; // not begun
        const noise: (Stimulus | Completion)[] = [
          { kind: "start", at },
          { kind: "resume", at },
          { kind: "clock", at: START - 1 },
          { kind: "convert", at, epoch: 0, pc: 0 },
          { kind: "met", at, pc: 9_999, occurrence: 1, outcome: code("met") },
          { kind: "done", at, pc: 0, occurrence: 7_777, attempt: 1, epoch: 0, outcome: code("done") },
          // all but the latest, which the machine has not heard yet
          ...said.slice(-4, -1),
        ];
        for (const stimulus of noise) expect(advance(f, enrolment, stimulus)).toEqual({ enrolment, ops: [] });
        return enrolment;
      },
    );
    expect(disturbed.trace).toEqual(plain.trace);
  });
});

test("a pause moves relative waits by its length and nothing else; what fell due meanwhile is spread", () => {
  over((f, picks) => {
    let moment = 0;
    const length = 1 + picks[0]! * 37;
    play(f, answerOf(f, picks), (enrolment, at) => {
      if (enrolment.threads.length === 0 || ++moment % 3 !== 0) return enrolment;
      const paused = advance(f, enrolment, { kind: "pause", at });
      expect(paused.ops).toEqual([]);
      expect(nextDue(paused.enrolment)).toBe(Infinity);
      const on = at + length;
      const { enrolment: resumed, ops } = advance(f, paused.enrolment, { kind: "resume", at: on });
      for (const [i, before] of enrolment.threads.entries()) {
        const after = resumed.threads[i];
        // one that was woken at once has moved on; its op is among those that were issued
        if (!after || after.pc !== before.pc || after.state !== before.state) {
          expect(ops.length + resumed.threads.length).toBeGreaterThan(0);
          break;
        }
        expectShifted(f, before, after, at, on);
      }
      return enrolment;
    });
  });
});

function expectShifted(f: Frame, before: Thread, after: Thread, at: number, on: number): void {
  if (before.due < 0 && before.state !== HELD) return expect(after).toEqual(before);
  const instruction = f.code.instructions[before.pc]!;
  const until = instruction.do === "sleep" && before.state === SLEEPING ? instruction.until : undefined;
  const relative = before.state === WAITING || (until !== undefined && "after" in until);
  const due = relative ? before.due + (on - Math.max(at, before.since)) : before.due;
  if (before.state !== HELD && due > on) return expect(after.due).toBe(due);
  const window = until && "weekdays" in until ? windowFrom(zone, until, on) : undefined;
  const { start, end } = window ?? { start: on, end: on + DAY - minuteOfDay(zone, on) };
  expect(after.due).toBeGreaterThanOrEqual(start);
  expect(after.due).toBeLessThan(Math.min(end, start + 60));
}

const minute = fc.integer({ min: START, max: START + 200_000 });
const anyStimulus: fc.Arbitrary<Stimulus | Completion> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("start", "clock", "pause", "resume", "end"),
    at: minute,
  }) as fc.Arbitrary<Stimulus>,
  fc.record({
    kind: fc.constant("done" as const),
    at: minute,
    pc: fc.integer({ min: -1, max: 60 }),
    occurrence: fc.nat(9),
    attempt: fc.nat(3),
    epoch: fc.nat(2),
    outcome: fc.nat(110),
    value: fc.option(minute, { nil: undefined }),
  }) as fc.Arbitrary<Completion>,
  fc.record({
    kind: fc.constant("met" as const),
    at: minute,
    pc: fc.integer({ min: -1, max: 60 }),
    occurrence: fc.nat(9),
    outcome: fc.nat(110),
  }),
  fc.record({
    kind: fc.constant("convert" as const),
    at: minute,
    epoch: fc.nat(3),
    pc: fc.integer({ min: -1, max: 60 }),
  }),
);

test("no stimulus, in whatever order, makes it throw", () => {
  fc.assert(
    fc.property(drawn, fc.array(anyStimulus, { maxLength: 40 }), ({ f }, stimuli) => {
      let { enrolment } = advance(f, enrol(f, 3), { kind: "start", at: START });
      for (const stimulus of stimuli) {
        ({ enrolment } = advance(f, enrolment, stimulus));
        expect(unpack(f, pack(enrolment))).toEqual(enrolment);
      }
    }),
    parameters,
  );
});
