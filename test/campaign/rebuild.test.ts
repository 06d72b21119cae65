import fc from "../support/property.ts";
import { beforeAll, expect, test } from "vitest";
import { outstanding } from "../../src/campaign/machine.ts";
import { type Enrolment, pack } from "../../src/campaign/enrolment.ts";
import type { Minute, OpInstruction, Program } from "../../src/campaign/program.ts";
import { rebuild, type Recorded } from "../../src/campaign/rebuild.ts";
import { drive, type World } from "../../src/simulate/drive.ts";
import type { Stimulus } from "../../workflows/messages.ts";
import { worldOf, ZONES } from "../workflows/members.ts";
import { referenceProgram } from "../workflows/reference.ts";

const START: Minute = Date.UTC(2026, 3, 1, 2, 0) / 60_000;
let program: Program;
beforeAll(async () => {
  program = await referenceProgram();
});

type Decided = ReturnType<Recorded["decided"]>;

/** A member's way until `cut`, with everything that is kept of it. */
function lived(member: number, zone: (typeof ZONES)[number], cut: Minute, ops: Stimulus[]) {
  const frame = { code: program.code, zone };
  const world = worldOf(program, zone, START, member);
  const stimuli: Stimulus[] = [];
  // what operators do comes in with the first decision, after ten days
  let begun = false;
  const listening: World = {
    answer(op, step, at) {
      const answer = world.answer(op, step, at);
      const more = begun ? [] : ops.map((stimulus) => ({ at: stimulus.at, stimulus }));
      begun = true;
      return { ...answer, later: [...more, ...(answer.later ?? [])] };
    },
    happened(stimulus, step) {
      world.happened?.(stimulus, step);
      stimuli.push(stimulus);
    },
  };
  const { enrolment, trace } = drive(frame, member, listening, START, cut);
  const ledger = new Map(
    trace.map(({ step, occurrence, attempt, outcome, at, value }): [string, Decided] => [
      `${step} ${occurrence} ${attempt}`,
      { outcome, at, ...(value !== undefined && { value }) },
    ]),
  );
  return { frame, enrolment, ledger, stimuli };
}

const decidedIn =
  (ledger: Map<string, Decided>): Recorded["decided"] =>
  (step, occurrence, attempt) =>
    ledger.get(`${step} ${occurrence} ${attempt}`);

const way = fc.record({
  member: fc.nat(60),
  zone: fc.constantFrom(...ZONES),
  cut: fc.nat(120 * 1440),
  pause: fc.option(
    fc.record({ from: fc.integer({ min: 11 * 1440, max: 60 * 1440 }), length: fc.integer({ min: 1, max: 10 * 1440 }) }),
  ),
});

test("a member whose workflow is lost stands where it stood, whenever that happens", () => {
  let moved = 0;
  fc.assert(
    fc.property(way, ({ member, zone, cut, pause }) => {
      const ops: Stimulus[] = pause
        ? [
            { kind: "pause", at: START + pause.from },
            { kind: "resume", at: START + pause.from + pause.length },
          ]
        : [];
      const { frame, enrolment, ledger, stimuli } = lived(member, zone, START + cut, ops);
      const recorded: Recorded = { decided: decidedIn(ledger), stimuli, pauseAt: () => undefined };
      expect(pack(rebuild(frame, member, recorded, START + cut))).toEqual(pack(enrolment));
      moved += ledger.size;
    }),
    { numRuns: 400 },
  );
  expect(moved).toBeGreaterThan(2_000);
});

test("a decision that was not kept is asked for again, and one that was stopped by a pause waits for its end", () => {
  const zone = ZONES[0]!;
  const { frame, ledger, stimuli } = lived(2, zone, START + 12 * 1440, []);
  const known = (lost: string): Recorded["decided"] => decidedIn(new Map([...ledger].filter(([key]) => key !== lost)));
  const steps = (enrolment: Enrolment) =>
    outstanding(frame, enrolment).map((op) => (frame.code.instructions[op.pc] as OpInstruction).step);
  const again = rebuild(
    frame,
    2,
    { decided: known("invite 1 1"), stimuli, pauseAt: () => undefined },
    START + 12 * 1440,
  );
  expect(steps(again)).toEqual(["invite"]);
  // the run was paused when it fell due, which the cohort had not yet heard
  const paused = rebuild(frame, 2, { decided: known("invite 1 1"), stimuli, pauseAt: () => 1 }, START + 12 * 1440);
  expect(steps(paused)).toEqual([]);
});
