import fc from "../support/property.ts";
import { expect, test } from "vitest";
import { compileCampaign } from "../../src/campaign/compile/campaign.ts";
import { ENDED, type Op } from "../../src/campaign/enrolment.ts";
import { advance, enrol, nextDue } from "../../src/campaign/machine.ts";
import { code, type Program } from "../../src/campaign/program.ts";
import { journeys } from "./support/journeys.ts";
import { campaign, testLibrary } from "./support/library.ts";
import { flaws } from "./support/well-formed.ts";

const library = testLibrary();
const phases = [
  { id: "first", days: 3 },
  { id: "second", days: 30 },
];

function compiled(journey: unknown[]): Program {
  const goto = (journey.at(-1) as { id: string }).id;
  const goal = { onConvert: journey.length > 1 ? { goto } : "exit" };
  const { program, faults } = compileCampaign(campaign(journey, { phases, goal }), library, "generated.json");
  expect(faults.filter(({ severity }) => severity === "error")).toEqual([]);
  return program!;
}

test("whatever nests compiles to sound code", () => {
  fc.assert(
    fc.property(journeys, (journey) => {
      expect(flaws(compiled(journey))).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test("the machine takes every member of a compiled journey to its end, through any outcomes", () => {
  fc.assert(
    fc.property(journeys, fc.array(fc.nat(), { minLength: 5, maxLength: 20 }), (journey, choices) => {
      expect(ends(compiled(journey), choices)).toBe(true);
    }),
    { numRuns: 120 },
  );
});

test("the same file gives the same program", () => {
  fc.assert(
    fc.property(journeys, (journey) => {
      expect(JSON.stringify(compiled(journey))).toBe(JSON.stringify(compiled(structuredClone(journey))));
    }),
    { numRuns: 30 },
  );
});

/** Answers each op with one of the outcomes that its step can have. */
function ends({ code: program, steps }: Program, choices: number[]): boolean {
  const frame = { code: program, zone: { name: "Asia/Shanghai", transitions: [[0, 480]] as [number, number][] } };
  let at = 29_600_000;
  let drawn = 0;
  let { enrolment, ops } = advance(frame, enrol(frame, 0), { kind: "start", at });
  const queue: Op[] = [...ops];
  for (let turns = 0; turns < 20_000; turns++) {
    if (enrolment.status === ENDED) return true;
    const op = queue.shift();
    if (op) {
      const instruction = program.instructions[op.pc]!;
      const step = steps[instruction.do === "op" ? instruction.step : ""]!;
      const possible = outcomesOf(step.kind);
      const outcome = possible[choices[drawn++ % choices.length]! % possible.length]!;
      const value =
        outcome === code("opened") ? Math.floor(at / 1440) + 1 : outcome === code("scheduled") ? at + 600 : undefined;
      const { pc, occurrence, attempt, epoch } = op;
      ({ enrolment, ops } = advance(frame, enrolment, {
        kind: "done",
        at,
        pc,
        occurrence,
        attempt,
        epoch,
        outcome,
        ...(value !== undefined && { value }),
      }));
    } else {
      const due = nextDue(enrolment);
      if (due === Infinity) return false;
      at = Math.max(at, due);
      ({ enrolment, ops } = advance(frame, enrolment, { kind: "clock", at }));
    }
    queue.push(...ops);
  }
  return false;
}

function outcomesOf(kind: string): number[] {
  const [failed, skipped] = [code("failed"), code("skipped")];
  switch (kind) {
    case "send":
      return [code("queued"), skipped, failed];
    case "waitFor":
      return [code("waiting"), code("met"), 100, 101, code("timeout"), failed];
    case "survey":
      return [code("waiting"), code("met"), skipped, failed];
    case "task":
      return [code("waiting"), 100, 101, skipped, failed];
    case "expire":
      return [code("timeout"), code("overdue"), code("met"), 100, failed];
    case "split":
      return [100, 101, failed];
    case "branch":
      return [100, code("no"), failed];
    case "date":
    case "phase":
      return [code("scheduled"), skipped];
    case "challengeOpen":
      return [code("opened"), skipped, failed];
    case "exit":
      return [code("ended")];
    default:
      return [code("done"), failed];
  }
}
