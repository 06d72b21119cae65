import { describe, expect, test } from "vitest";
import { compileCampaign } from "../../src/campaign/compile/campaign.ts";
import type { Fault } from "../../src/fault.ts";
import { audience, cases, challenge, ok, plan, send, step } from "./support/fault-cases.ts";
import { triggerCases } from "./support/trigger-faults.ts";
import { wholeCases } from "./support/whole-faults.ts";
import { campaign, testLibrary } from "./support/library.ts";

const library = testLibrary();

function faultsOf(definition: unknown): Fault[] {
  const { program, faults } = compileCampaign(definition, library, "rules/campaigns/test.json");
  expect(program === undefined).toBe(faults.some((fault) => fault.severity === "error"));
  return faults;
}

/** "pointer message (hint)" of each fault, in English */
function lines(definition: unknown): string[] {
  return faultsOf(definition).map(
    ({ pointer, message, hint }) => `${pointer} ${message.en}${hint ? ` (${hint.en})` : ""}`,
  );
}

describe("each fault is named with its place, its reason and what to write instead", () => {
  test.each([...cases, ...triggerCases, ...wholeCases])("%s", (_, definition, line) => {
    const found = lines(definition);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(line);
  });

  test.each([...cases, ...triggerCases, ...wholeCases])("%s, in Chinese too", (_, definition) => {
    for (const { message, hint, file } of faultsOf(definition)) {
      expect(message["zh-CN"]).toMatch(/[\u4e00-\u9fff]/);
      if (hint) expect(hint["zh-CN"]).toMatch(/[\u4e00-\u9fff]/);
      expect(file).toBe("rules/campaigns/test.json");
    }
  });
});

test("all faults of a file are told at once", () => {
  const wrong = campaign(
    [
      { id: "a", sned: {} },
      { id: "b", send: { channel: "email", template: "nope", coupon: "nope", validFor: "-P1D" } },
      { id: "b", branch: { if: { ">": [{ var: "nope" }, 1] }, then: [] } },
      {
        id: "c",
        split: {
          branches: [
            { id: "x", weight: 50 },
            { id: "y", weight: 40, than: [] },
          ],
        },
      },
    ],
    { audience: { segment: "nope" }, goal: { onConvert: { goto: "zz" }, targets: [{ metric: "nope", atLeast: 1 }] } },
  );
  expect(
    faultsOf(wrong)
      .map((fault) => fault.pointer)
      .sort(),
  ).toEqual([
    "/audience/segment",
    "/goal/onConvert/goto",
    "/goal/targets/0/metric",
    "/journey/0/sned",
    "/journey/1/send/coupon",
    "/journey/1/send/template",
    "/journey/1/send/validFor",
    "/journey/2/branch/if/>/0/var",
    "/journey/2/branch/then",
    "/journey/2/id",
    "/journey/3/split/branches",
    "/journey/3/split/branches/1/than",
  ]);
});

test("plan rows that wait for each other are told", () => {
  const found = lines(plan({ after: ["r1"] }, { after: ["r0"] }));
  expect(found).toEqual(['/plan/0/after "r0" waits for itself', '/plan/1/after "r1" waits for itself']);
});

test("what is broken itself is told apart from what is unknown", () => {
  const broken = { templates: ["invite"], segments: ["dormant"], lists: [], coupons: [], gifts: [], webhooks: [] };
  const { faults } = compileCampaign(campaign([ok]), testLibrary({ templates: {}, segments: {}, broken }), "test.json");
  expect(faults.map((fault) => fault.message.en)).toEqual([
    'segment "dormant" has faults of its own',
    'template "invite" has faults of its own',
  ]);
});

test("an event that nobody is known to send is a warning, since a home may send its own", () => {
  const own = compileCampaign(
    step({ waitFor: { event: "lesson.done", where: { ">": [{ var: "event.score" }, 3] }, within: "P1D" } }),
    library,
    "test.json",
  );
  expect(Object.values(own.program?.steps ?? {})).toContainEqual(
    expect.objectContaining({ kind: "waitFor", event: "lesson.done" }),
  );
  expect(own.faults).toMatchObject([{ severity: "warning", pointer: "/journey/1/waitFor/event" }]);
  expect(lines(challenge({ event: "chek_in" }))[0]).toContain('did you mean "check_in"?');
});

test("a declared event has the fields that its declaration says", () => {
  const where = (field: string) =>
    step({ waitFor: { event: "quiz.done", where: { ">": [{ var: field }, 3] }, within: "P1D" } });
  expect(lines(where("event.score")).filter((line) => line.includes("/where"))).toEqual([]);
  expect(lines(where("event.scor")).join()).toContain('unknown variable "event.scor" (did you mean "event.score"?)');
});

test("names of JavaScript's own are not known by accident", () => {
  for (const name of ["constructor", "__proto__", "toString"]) {
    expect(lines(send({ template: name })).join()).toContain(`unknown template "${name}"`);
    expect(lines(audience({ segment: name })).join()).toContain(`unknown segment "${name}"`);
  }
});

test("a journey nested without end is refused, not read until the stack is full", () => {
  let journey: unknown = [ok];
  for (let depth = 0; depth < 5000; depth++) journey = [{ id: "b", branch: { if: true, then: journey } }];
  expect(lines(campaign(journey))).toEqual([expect.stringContaining("nested deeper than 12 levels")]);
});

test("more than eight threads are refused, also when they are nested", () => {
  let next = 0;
  const leaf = () => [{ ...ok, id: `n${next++}` }];
  const inner = () => [{ id: `n${next++}`, parallel: { branches: [leaf(), leaf(), leaf()] } }];
  expect(lines(step({ parallel: { branches: [inner(), inner()] } }))).toEqual([]);
  expect(lines(step({ parallel: { branches: [inner(), inner(), inner()] } }))).toEqual([
    expect.stringContaining("runs 9 branches at the same time"),
  ]);
});

test("values of every odd type are refused without a crash", () => {
  const odd = [null, 0, "", "x", true, [], {}, [null], { id: 1 }, [[]], 1e308, -1];
  const keys = ["id", "name", "timezone", "trigger", "audience", "phases", "plan", "goal", "budget", "journey"];
  const kinds = [
    "send",
    "wait",
    "waitFor",
    "branch",
    "parallel",
    "challenge",
    "task",
    "survey",
    "coupon",
    "gift",
    "points",
    "complaint",
    "exit",
  ];
  const definitions = [
    ...odd,
    ...keys.flatMap((key) => odd.map((value) => ({ ...campaign([ok]), [key]: value }))),
    ...kinds.flatMap((kind) => odd.map((value) => step({ [kind]: value }))),
  ];
  for (const definition of definitions) expect(() => faultsOf(definition)).not.toThrow();
});
