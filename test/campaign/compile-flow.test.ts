import { describe, expect, test } from "vitest";
import { compileCampaign } from "../../src/campaign/compile/campaign.ts";
import type { Completion, Enrolment, Op } from "../../src/campaign/enrolment.ts";
import { advance, enrol, nextDue } from "../../src/campaign/machine.ts";
import { code, type OpInstruction, option, type Program } from "../../src/campaign/program.ts";
import { campaign, testLibrary } from "./support/library.ts";

const START = Date.UTC(2026, 3, 1, 2, 0) / 60_000; // Wednesday, 1 April 2026, 10:00 in Shanghai
const zone = { name: "Asia/Shanghai", transitions: [[0, 480]] as [number, number][] };
const send = (id: string) => ({ id, send: { channel: "email", template: "invite" } });

export function compiled(journey: unknown[], more: Record<string, unknown> = {}): Program {
  const { program, faults } = compileCampaign(campaign(journey, more), testLibrary(), "test.json");
  expect(faults).toEqual([]);
  return program!;
}

/** "day step#occurrence" of every decision; `answer` gives its outcome (done when it has nothing to say). */
function played(
  { code: compiledCode }: Program,
  answer: (step: string, occurrence: number) => number | undefined,
): string[] {
  const frame = { code: compiledCode, zone };
  const trace: string[] = [];
  let at = START;
  let enrolment: Enrolment = enrol(frame, 0);
  const queue: Op[] = [];
  const take = (stimulus: Parameters<typeof advance>[2]) => {
    const next = advance(frame, enrolment, stimulus);
    enrolment = next.enrolment;
    queue.push(...next.ops);
  };
  take({ kind: "start", at });
  for (let turn = 0; turn < 1000; turn++) {
    const op = queue.shift();
    if (op) {
      const { step } = compiledCode.instructions[op.pc] as OpInstruction;
      trace.push(`${(at - START) / 1440} ${step}#${op.occurrence}`);
      const { pc, occurrence, attempt, epoch } = op;
      const outcome = answer(step, occurrence) ?? code("done");
      take({ kind: "done", at, pc, occurrence, attempt, epoch, outcome } satisfies Completion);
    } else {
      const due = nextDue(enrolment);
      if (due === Infinity) break;
      at = due;
      take({ kind: "clock", at });
    }
  }
  return trace;
}

describe("split", () => {
  const program = compiled([
    { id: "test", split: { branches: [{ id: "short", weight: 33.33, then: [send("a")] }, { weight: 66.67 }] } },
    send("after"),
  ]);

  test("each way leads to its steps and then on", () => {
    expect(played(program, (step) => (step === "test" ? option(0) : undefined))).toEqual([
      "0 test#1",
      "0 a#1",
      "0 after#1",
    ]);
    expect(played(program, (step) => (step === "test" ? option(1) : undefined))).toEqual(["0 test#1", "0 after#1"]);
  });

  test("weights are bounds of the 10,000 buckets", () => {
    expect(program.steps.test).toEqual({
      kind: "split",
      id: "test",
      branches: [{ id: "short", below: 3333 }, { below: 10_000 }],
    });
  });
});

describe("repeat", () => {
  test("passes are numbered, and `every` lies between them", () => {
    const program = compiled([{ id: "r", repeat: { times: 3, every: "P7D", steps: [send("a")] } }, send("after")]);
    expect(played(program, () => undefined)).toEqual(["0 a#1", "7 a#2", "14 a#3", "14 after#1"]);
  });

  test("loops nest", () => {
    const inner = { id: "inner", repeat: { times: 2, every: "P1D", steps: [send("a")] } };
    const program = compiled([{ id: "outer", repeat: { times: 2, every: "P7D", steps: [inner, send("b")] } }]);
    expect(played(program, () => undefined)).toEqual(["0 a#1", "1 a#2", "1 b#1", "8 a#3", "9 a#4", "9 b#2"]);
  });

  const until = { ">": [{ var: "orders.count_365d" }, 1] };
  test("`until` is asked before each pass, and no further one begins once it holds", () => {
    const program = compiled([
      { id: "r", repeat: { times: 5, every: "P7D", until, steps: [send("a")] } },
      send("after"),
    ]);
    const bought = played(program, (step, nth) =>
      step === "r/until" ? (nth < 3 ? code("no") : option(0)) : undefined,
    );
    expect(bought).toEqual(["0 r/until#1", "0 a#1", "7 r/until#2", "7 a#2", "14 r/until#3", "14 after#1"]);
    const never = played(program, (step) => (step === "r/until" ? code("no") : undefined));
    expect(never.filter((line) => line.includes("a#"))).toHaveLength(5);
  });

  test("a loop that was left early begins anew in the next pass of the loop around it", () => {
    const inner = { id: "inner", repeat: { times: 3, until, steps: [send("a")] } };
    const program = compiled([{ id: "outer", repeat: { times: 2, every: "P1D", steps: [inner] } }]);
    const left = played(program, (step, nth) =>
      step === "inner/until" ? (nth === 2 ? option(0) : code("no")) : undefined,
    );
    expect(left.filter((line) => line.includes("a#"))).toEqual(["0 a#1", "1 a#4", "1 a#5", "1 a#6"]);
  });

  test("a challenge inside counts its days in each pass", () => {
    const challenge = {
      id: "days",
      challenge: { days: 2, event: "check_in", at: "09:00", template: "day", gifts: [] },
    };
    const program = compiled([{ id: "r", repeat: { times: 2, steps: [challenge] } }]);
    const mails = Object.values(program.code.instructions).filter(
      (each) => each.do === "op" && each.step === "days/day",
    );
    expect(mails).toMatchObject([
      {
        loops: [
          [0, 2],
          [2, 2],
        ],
      },
    ]);
  });
});
