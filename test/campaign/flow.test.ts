import fc from "../support/property.ts";
import { expect, test } from "vitest";
import { endsJourney } from "../../src/campaign/flow.ts";
import { type Code, code, type Instruction, option, OUTCOMES } from "../../src/campaign/program.ts";
import { advance, enrol } from "../../src/campaign/machine.ts";
import { ENDED } from "../../src/campaign/enrolment.ts";

const op = (next: number, on: Record<number, number> = {}): Instruction => ({ do: "op", root: 0, step: "s", next, on });
const jump = (to: number): Instruction => ({ do: "jump", root: 0, to });
const end: Instruction = { do: "end", root: 0 };
const program = (...instructions: Instruction[]): Code => ({ machine: 1, registers: 1, instructions });

test("an op ends the journey by the ways that lead to its end, through jumps too", () => {
  const one = program(op(2, { [option(0)]: 1 }), end, jump(3), jump(1));
  expect(endsJourney(one, 0, code("done"), 1)).toBe(true);
  expect(endsJourney(one, 0, option(0), 1)).toBe(true);
  expect(endsJourney(program(op(1), op(2), end), 0, code("done"), 1)).toBe(false);
  expect(endsJourney(program(op(1), { do: "join", root: 0 }, end), 0, code("done"), 1)).toBe(false);
  expect(endsJourney(program(op(1), jump(2), jump(1)), 0, code("done"), 1)).toBe(false);
});

test("an op in loops ends the journey on the last pass of them all", () => {
  const loops: [number, number][] = [
    [0, 2],
    [1, 3],
  ];
  const inner: Instruction = { do: "loop", root: 0, register: 1, times: 3, back: 0, next: 2 };
  const outer: Instruction = { do: "loop", root: 0, register: 0, times: 2, back: 0, next: 3 };
  const one = program({ do: "op", root: 0, step: "s", next: 1, loops }, inner, outer, end);
  const ending = [1, 2, 3, 4, 5, 6].filter((occurrence) => endsJourney(one, 0, code("done"), occurrence));
  expect(ending).toEqual([6]);
});

test("an op that is to be asked again, or that waits, ends nothing", () => {
  const last = program(op(1), end);
  const ending = OUTCOMES.filter((name) => endsJourney(last, 0, code(name), 1));
  expect(ending).toEqual([
    "failed",
    "met",
    "timeout",
    "queued",
    "skipped",
    "yes",
    "no",
    "opened",
    "closed",
    "overdue",
    "done",
  ]);
});

test("it says what the machine then does", () => {
  const target = fc.integer({ min: 0, max: 5 });
  const instruction = fc.oneof(
    target.map(jump),
    fc.constant(end),
    fc.tuple(target, target).map(([next, other]) => op(next, { [option(0)]: other })),
  );
  const outcomes = fc.constantFrom(code("done"), code("skipped"), option(0), option(1));
  const property = fc.property(
    fc.array(instruction, { minLength: 5, maxLength: 5 }),
    target,
    outcomes,
    (rest, first, outcome) => {
      const frame = {
        code: program(op(first, { [option(1)]: 3 }), ...rest),
        zone: { name: "UTC", transitions: [[0, 0] as [number, number]] },
      };
      const { enrolment, ops } = advance(frame, enrol(frame, 0), { kind: "start", at: 0 });
      const [asked] = ops;
      const { pc, occurrence, attempt, epoch } = asked!;
      const after = advance(frame, enrolment, { kind: "done", at: 0, pc, occurrence, attempt, epoch, outcome });
      // jumps in a circle end by the machine's fuel; no compiled program has them
      const circle =
        after.enrolment.status === ENDED && after.ops.length === 0 && !endsJourney(frame.code, 0, outcome, 1);
      if (!circle) expect(endsJourney(frame.code, 0, outcome, 1)).toBe(after.enrolment.status === ENDED);
      else expect(rest.some((one) => one.do === "jump")).toBe(true);
    },
  );
  fc.assert(property);
});
