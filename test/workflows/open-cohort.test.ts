import { Context } from "@temporalio/activity";
import type { WorkflowHandle } from "@temporalio/client";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { Frame } from "../../src/campaign/enrolment.ts";
import { pack } from "../../src/campaign/enrolment.ts";
import { advance, enrol } from "../../src/campaign/machine.ts";
import type { Program, SendStep } from "../../src/campaign/program.ts";
import type { CohortActivities, CohortInput } from "../../workflows/contract.ts";
import type { Close, Stimulus } from "../../workflows/messages.ts";
import { stimuliSignal } from "../../workflows/signals.ts";
import { programOf } from "../activities/world.ts";
import { ZONES } from "./members.ts";
import { atRest, fresh, seen } from "./play.ts";
import { historiesOf, recordLongest } from "./record.ts";
import { openServer, type Server } from "./server.ts";
import { Stage, stageActivities } from "./stage.ts";

const zone = ZONES[0]!;
const START = Date.UTC(2026, 3, 1, 2, 0) / 60_000;
const DAY = 1440;
const mail: Omit<SendStep, "id"> = {
  ...{ kind: "send", channels: ["email"], template: "invite", sendKind: "service", topic: "service" },
  validFor: { days: 2, minutes: 0 },
};
const program: Program = programOf(
  { hello: { ...mail, id: "hello" }, bye: { ...mail, id: "bye" } },
  {
    code: {
      machine: 1,
      registers: 0,
      instructions: [
        { do: "op", root: 0, step: "hello", next: 1 },
        { do: "sleep", root: 1, until: { after: { days: 1, minutes: 0 } }, next: 2 },
        { do: "op", root: 2, step: "bye", next: 3 },
        { do: "end", root: 3 },
      ],
    },
  },
);

let server: Server;
beforeAll(async () => {
  server = await openServer(inject("temporalAddress"));
});
afterAll(() => server?.close());

let cohorts = 0;
async function open(more: Partial<CohortInput> = {}) {
  const stage = new Stage(program, zone, START, 0, 8);
  const id = `open-cohort-test-${Date.now()}-${++cohorts}`;
  const input = { ...fresh(0, 0, zone, START, "stepped"), open: true, ...more };
  const handle = await server.client.workflow.start("cohort", { workflowId: id, taskQueue: id, args: [input] });
  return { stage, handle, activities: stageActivities(program, new Map([[0, stage]])) };
}

/** "hello 0, bye 1440": what a member has done, in minutes since the first one joined */
const done = (stage: Stage) =>
  stage.traces.map((trace) => trace.map(({ step, at }) => `${step} ${at - START}`).join(", "));

async function tell(handle: WorkflowHandle, stage: Stage, ...told: [number, Stimulus][]): Promise<void> {
  await handle.signal(
    stimuliSignal,
    told.map(([member, stimulus]) => stage.say(member, stimulus)),
  );
  await seen(() => atRest(stage));
}
const start = (at: number): Stimulus => ({ kind: "start", at: START + at });
const clock = (at: number): [number, Stimulus] => [-1, { kind: "clock", at: START + at }];
const CLOSE = { kind: "close", at: START } satisfies Close as unknown as Stimulus;

test("joiners act at once and once each, also when a worker goes away with their first steps in hand", async () => {
  const { stage, handle, activities } = await open();
  let interrupted = 0;
  const leaving: CohortActivities = {
    ...activities,
    async act(batch) {
      if (!batch.members.includes(2)) return activities.act(batch);
      interrupted += 1;
      stage.act(batch); // decided and stored, but the answer is lost with the worker
      return Context.current().cancelled;
    },
  };
  const first = await server.worker(handle.workflowId, leaving);
  await first.runUntil(async () => {
    const joins = stage.say(0, start(0));
    await handle.signal(stimuliSignal, [joins]);
    await seen(() => atRest(stage));
    expect(done(stage).slice(0, 2)).toEqual(["hello 0", ""]);
    // said again, with the next one
    await handle.signal(stimuliSignal, [joins, stage.say(1, start(3))]);
    await seen(() => atRest(stage));
    expect(done(stage).slice(0, 3)).toEqual(["hello 0", "hello 3", ""]);
    await handle.signal(stimuliSignal, [stage.say(2, start(7)), stage.say(3, start(7))]);
    await seen(() => interrupted > 0);
  });
  const second = await server.worker(handle.workflowId, activities);
  await second.runUntil(async () => {
    await seen(() => atRest(stage));
    // everybody of the first day has left before the last one joins: it is open still
    await tell(handle, stage, clock(DAY + 3));
    await tell(handle, stage, clock(DAY + 7));
    await tell(handle, stage, [4, start(DAY + 30)]);
    expect(stage.ended).toBe(false);
    await tell(handle, stage, [-1, CLOSE]);
    expect(stage.ended).toBe(false);
    await handle.signal(stimuliSignal, [stage.say(...clock(2 * DAY + 30))]);
    await handle.result();
  });
  const histories = await historiesOf(server.client.workflow, handle.workflowId, handle.firstExecutionRunId);
  await recordLongest("cohort-open-stepped", histories);
  expect(stage.ended).toBe(true);
  expect(done(stage)).toEqual([
    `hello 0, bye ${DAY + 3}`,
    `hello 3, bye ${DAY + 3}`,
    `hello 7, bye ${DAY + 7}`,
    `hello 7, bye ${DAY + 7}`,
    `hello ${DAY + 30}, bye ${2 * DAY + 30}`,
    "",
    "",
    "",
  ]);
});

test("a fresh history takes further joiners; who joins a run that stands still begins when it goes on", async () => {
  const frame: Frame = { code: program.code, zone };
  const before = advance(frame, enrol(frame, 0), { kind: "end", at: START }).enrolment;
  const { stage, handle, activities } = await open({ states: [pack(before)] });
  const worker = await server.worker(handle.workflowId, activities);
  await worker.runUntil(async () => {
    await tell(handle, stage, [1, { ...start(1), paused: true, resumes: 2 } as Stimulus]);
    expect(done(stage)[1]).toBe("");
    await tell(handle, stage, [-1, { kind: "resume", at: START + 60 }]);
    await tell(handle, stage, clock(61));
    expect(done(stage)[1]).toMatch(/^hello 6[01]$/);
    await handle.signal(stimuliSignal, [stage.say(-1, { kind: "end", at: START + 90 })]);
    // nobody is left, and a run that has ended sends nobody
    await handle.result();
  });
  expect(stage.ended).toBe(true);
});

test("a cohort that nobody has joined ends when it is closed", async () => {
  const { stage, handle, activities } = await open();
  const worker = await server.worker(handle.workflowId, activities);
  await worker.runUntil(async () => {
    await seen(() => atRest(stage));
    await handle.signal(stimuliSignal, [stage.say(-1, CLOSE)]);
    await handle.result();
  });
  expect(stage.ended).toBe(true);
});
