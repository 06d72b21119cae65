import { describe, expect, test } from "vitest";
import { compileCampaign } from "../../src/campaign/compile/campaign.ts";
import { code, type Instruction, option, type OpInstruction, type Program } from "../../src/campaign/program.ts";
import { readLibrary } from "../../src/operate/rules/library.ts";
import { campaign, testLibrary } from "./support/library.ts";
import { flaws } from "./support/well-formed.ts";

const library = testLibrary();

function compile(journey: unknown[], more: Record<string, unknown> = {}): Program {
  const { program, faults } = compileCampaign(campaign(journey, more), library, "test.json");
  expect(faults).toEqual([]);
  expect(flaws(program!)).toEqual([]);
  return program!;
}

function op(program: Program, step: string): OpInstruction {
  return program.code.instructions.find((each): each is OpInstruction => each.do === "op" && each.step === step)!;
}

/** What stands at a pc, named by its step where it is an op. */
function at(program: Program, pc: number | undefined): string {
  const instruction: Instruction | undefined = program.code.instructions[pc ?? -1];
  return instruction?.do === "op" ? instruction.step : (instruction?.do ?? "nothing");
}

const send = (id: string) => ({ id, send: { channel: "email", template: "invite" } });

describe("the reference campaign", async () => {
  const { library: own, faults } = await readLibrary("rules");
  const { definition, file } = own.campaigns["winback-30"]!;
  const { program, faults: wrong } = compileCampaign(definition, own, file);

  test("has no faults, nor has the library that it uses", () => {
    expect([...faults, ...wrong]).toEqual([]);
    expect(flaws(program!)).toEqual([]);
  });

  test("holds what it was written with, amounts in minor units", () => {
    expect(program).toMatchObject({
      campaign: "winback-30",
      timezone: "Asia/Shanghai",
      currency: "CNY",
      roots: ["ready", "invite", "reach", "enough", "survey"],
      cohortSize: 500,
      audience: { limit: 200, holdout: 0.1, reentry: { days: 180, minutes: 0 }, orderBy: { direction: "desc" } },
      gifts: { mug: { unitCost: 2000, line: "gifts" } },
      coupons: { "eighty-percent": { percentOff: 20, minimum: 10_000 } },
    });
    expect(program!.budget[0]).toEqual({
      id: "gifts",
      planned: 400_000,
      team: "marketing",
      items: [
        { what: "定制U盘", qty: 100, unitPrice: 3000 },
        { what: "马克杯", qty: 50, unitPrice: 2000 },
      ],
    });
    expect(program!.goal.targets.at(-1)).toEqual({ metric: "cost_per_participant", atMost: 5000, basis: "actual" });
    expect(Object.keys(program!.templates)).toEqual([
      "day",
      "day-reminder",
      "invite",
      "last-call",
      "offer",
      "product-fit",
      "survey",
    ]);
  });

  test("a conversion goes to the survey", () => {
    const { onConvert } = program!.goal;
    expect(onConvert).toMatchObject({ mode: "goto", root: 4 });
    expect(at(program!, onConvert.mode === "goto" ? onConvert.pc : -1)).toBe("survey");
  });
});

describe("steps", () => {
  test("waitFor: met goes to then, also when found as its time ends; timeout elsewhere; all else onward", () => {
    const program = compile([
      { id: "order", waitFor: { event: "order.paid", within: "P7D", then: [send("thanks")], timeout: [send("last")] } },
      send("after"),
    ]);
    const [wait, expire] = [op(program, "order"), op(program, "order/expire")];
    expect(wait.within).toEqual({ days: 7, minutes: 0 });
    expect(at(program, wait.expire)).toBe("order/expire");
    for (const each of [wait, expire]) {
      expect(at(program, each.on![code("met")])).toBe("thanks");
      expect(at(program, each.on![code("timeout")])).toBe("last");
      expect(at(program, each.next)).toBe("after");
    }
    expect(program.steps["order/expire"]).toEqual({ kind: "expire", id: "order", of: "order", as: "timeout" });
    expect(at(program, op(program, "thanks").next)).toBe("after");
    expect(at(program, op(program, "last").next)).toBe("after");
  });

  test("task: each outcome its own way, also when it was done just in time; overdue goes on", () => {
    const outcomes = [
      { id: "yes", then: [send("fit")] },
      { id: "busy", connected: false },
      { id: "no", then: [send("bye")] },
    ];
    const program = compile([
      { id: "call", task: { to: { team: "sales" }, title: "Call", due: "P3D", attempts: 3, outcomes } },
      send("after"),
    ]);
    for (const each of [op(program, "call"), op(program, "call/expire")]) {
      expect(at(program, each.on![option(0)])).toBe("fit");
      expect(each.on![option(1)]).toBeUndefined();
      expect(at(program, each.on![option(2)])).toBe("bye");
      expect(at(program, each.next)).toBe("after");
    }
    expect(program.steps.call).toMatchObject({
      team: "sales",
      by: "team",
      attempts: 3,
      outcomes: [
        { id: "yes", connected: true },
        { id: "busy", connected: false },
        { id: "no", connected: true },
      ],
    });
    expect(program.steps["call/expire"]).toMatchObject({ as: "overdue" });
  });

  test("survey: answers are judged, silence and no contact go on", () => {
    const questions = [
      { id: "score", rating: 5 },
      { id: "why", text: true },
    ];
    const low = { "<=": [{ var: "steps.ask.score" }, 2] };
    const named = { "==": [{ var: "steps.ask.why" }, "price"] };
    const branches = [
      { if: low, then: [send("sorry")] },
      { if: named, then: [send("cheap")] },
    ];
    const program = compile([
      { id: "ask", survey: { template: "survey", within: "P7D", questions, branches } },
      send("after"),
    ]);
    for (const each of [op(program, "ask"), op(program, "ask/expire")]) {
      expect(at(program, each.on![code("met")])).toBe("ask/branch");
      expect(at(program, each.next)).toBe("after");
    }
    const judged = op(program, "ask/branch");
    expect([judged.on![option(0)], judged.on![option(1)], judged.next].map((pc) => at(program, pc))).toEqual([
      "sorry",
      "cheap",
      "after",
    ]);
    expect(program.steps.ask).toMatchObject({ kind: "survey", sendKind: "service", topic: "service", questions });
  });

  test("a campaign may ask about itself before its file is in the library, and about no other", () => {
    const ask = (id: string) => [
      { id: "b", branch: { if: { var: `campaigns.${id}.converted` }, then: [send("yes")] } },
    ];
    expect(at(compile(ask("test")), 0)).toBe("b");
    const { faults } = compileCampaign(campaign(ask("tset")), library, "test.json");
    expect(faults).toMatchObject([{ hint: { en: 'did you mean "campaigns.test.converted"?' } }]);
  });

  test("branch: first case or else", () => {
    const condition = { ">": [{ var: "orders.count_365d" }, 1] };
    const program = compile([
      { id: "b", branch: { if: condition, then: [send("yes")], else: [send("no")] } },
      send("after"),
    ]);
    const branch = op(program, "b");
    expect([branch.on![option(0)], branch.on![code("no")], branch.next].map((pc) => at(program, pc))).toEqual([
      "yes",
      "no",
      "after",
    ]);
  });

  test("wait: for a time, until a local time, until a phase", () => {
    const waits = [{ for: "P1DT2H" }, { until: { at: "09:30" } }, { until: { phase: "two" } }];
    const program = compile(
      waits.map((wait, index) => ({ id: `w${index}`, wait })),
      {
        phases: [
          { id: "one", days: 3 },
          { id: "two", days: 3 },
        ],
      },
    );
    expect(program.code.instructions.slice(0, 3)).toEqual([
      { do: "sleep", until: { after: { days: 1, minutes: 120 } }, next: 1, root: 0 },
      { do: "sleep", until: { at: 570 }, next: 2, root: 1 },
      { do: "op", step: "w2", next: 3, root: 2 },
    ]);
    expect(program.steps.w2).toEqual({ kind: "phase", id: "w2", phase: 1 });
  });

  test("challenge: opens, writes and reminds each day, ends with its last day", () => {
    const challenge = {
      days: 30,
      event: "check_in",
      at: "09:00",
      remindAt: "20:00",
      template: "day",
      reminder: "day-reminder",
      gifts: [{ every: 1, points: 10 }],
    };
    const program = compile([{ id: "days", challenge }, send("after")]);
    const { instructions } = program.code;
    expect(instructions.slice(0, 8)).toEqual([
      { do: "op", step: "days/open", into: 0, next: 8, on: { [code("opened")]: 1 }, root: 0 },
      { do: "sleep", until: { base: 0, plus: 1, at: 540 }, next: 2, root: 0 },
      { do: "op", step: "days/day", loops: [[1, 30]], next: 3, root: 0 },
      { do: "sleep", until: { base: 0, plus: 1, at: 1200 }, next: 4, root: 0 },
      { do: "op", step: "days/reminder", loops: [[1, 30]], next: 5, root: 0 },
      { do: "loop", register: 1, times: 30, back: 1, next: 6, root: 0 },
      { do: "sleep", until: { base: 0, shift: 29, at: 1440 }, next: 7, root: 0 },
      { do: "op", step: "days/close", next: 8, root: 0 },
    ]);
    expect(program.steps["days/day"]).toMatchObject({
      kind: "send",
      challenge: "days",
      validFor: "day",
      template: "day",
    });
    expect(program.steps["days/reminder"]).toMatchObject({ template: "day-reminder", unlessCheckedIn: true });
  });

  test("a challenge without reminder sleeps once a day", () => {
    const program = compile([{ id: "days", challenge: { days: 2, event: "check_in", at: "09:00", template: "day" } }]);
    expect(program.code.instructions.map((each) => at(program, program.code.instructions.indexOf(each)))).toEqual([
      "days/open",
      "sleep",
      "days/day",
      "loop",
      "sleep",
      "days/close",
      "end",
    ]);
  });

  test("parallel: branches join, each challenge has registers of its own", () => {
    const challenge = { days: 2, event: "check_in", at: "09:00", template: "day" };
    const program = compile([
      { id: "p", parallel: { branches: [[{ id: "a", challenge }], [{ id: "b", challenge }]] } },
      send("after"),
    ]);
    const fork = program.code.instructions[0]!;
    expect(fork.do === "fork" && fork.branches.map((pc) => at(program, pc))).toEqual(["a/open", "b/open"]);
    expect(program.code.registers).toBe(4);
    expect(fork.do === "fork" && at(program, fork.next)).toBe("after");
  });
});

test("a program keeps only what it uses, so that other files do not rename it", () => {
  const lean = compile([send("hello")]);
  expect(lean.templates).toEqual({ invite: "hash-of-invite" });
  expect([lean.coupons, lean.gifts]).toEqual([{}, {}]);
});

test("a large program gets smaller cohorts, so that code and states stay below a megabyte", () => {
  const branches = Array.from({ length: 8 }, (_, b) => Array.from({ length: 30 }, (_, i) => send(`s${b}-${i}`)));
  const program = compile([{ id: "wide", parallel: { branches } }]);
  expect(program.cohortSize).toBeLessThanOrEqual(500);
  const members = program.cohortSize * (5 + program.code.registers + 6 * 9) * 12;
  expect(JSON.stringify(program.code).length + members).toBeLessThan(1_000_000);
});
