import { Context } from "@temporalio/activity";
import type { WorkflowHandle } from "@temporalio/client";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { Minute, Program } from "../../src/campaign/program.ts";
import type { Traced } from "../../src/simulate/drive.ts";
import type { CohortActivities, CohortInput } from "../../workflows/contract.ts";
import type { Stimulus } from "../../workflows/messages.ts";
import { stimuliSignal } from "../../workflows/signals.ts";
import { playAlone, type Script, ZONES } from "./members.ts";
import { atRest, fresh, ordered, play, seen } from "./play.ts";
import { predecessor } from "./predecessor.ts";
import { referenceProgram } from "./reference.ts";
import { openServer, type Server } from "./server.ts";
import { Stage, stageActivities } from "./stage.ts";

const zone = ZONES[1]!;
const START = Date.UTC(2026, 3, 1, 2, 0) / 60_000;
const DAY = 1440;
let program: Program;
let server: Server;

beforeAll(async () => {
  program = await referenceProgram();
  server = await openServer(inject("temporalAddress"));
});
afterAll(() => server?.close());

function staged(members: number) {
  const stage = new Stage(program, zone, START, 0, members);
  return { stage, activities: stageActivities(program, new Map([[0, stage]])) };
}

let cohorts = 0;
function startCohort(input: CohortInput): Promise<WorkflowHandle> {
  const id = `cohort-test-${Date.now()}-${++cohorts}`;
  return server.client.workflow.start("cohort", { workflowId: id, taskQueue: id, args: [input] });
}

/** Resolves when the workflow has taken in all it was sent, whether it does anything about it or not. */
async function takenIn(handle: WorkflowHandle): Promise<void> {
  for (;;) {
    const last = (await handle.fetchHistory()).events!.at(-1)!;
    if (last.workflowTaskCompletedEventAttributes) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Plays on until all that falls due before `horizon` has been done, and ends the workflow there. */
async function playUntil(handle: WorkflowHandle, stage: Stage, script: Script[], horizon: Minute): Promise<void> {
  const next = () => Math.min(stage.rest.due ?? Infinity, script[0]?.at ?? Infinity);
  await play(handle, stage, script, () => atRest(stage) && next() >= horizon);
  await handle.terminate();
}

function before(traces: Traced[][], horizon: Minute): Traced[][] {
  return ordered(traces.map((trace) => trace.filter(({ at }) => at < horizon)));
}

test("stimuli that come out of order and repeated are digested in order and once", async () => {
  const { stage, activities } = staged(3);
  const handle = await startCohort(fresh(0, 3, zone, START, "stepped"));
  const worker = await server.worker(handle.workflowId, activities);
  await worker.runUntil(async () => {
    await seen(() => stage.rest.due !== null);
    const due = stage.rest.due!;
    const all = (stimulus: Stimulus) => stage.say(-1, stimulus);
    const pause = all({ kind: "pause", at: due - 3 });
    const resume = all({ kind: "resume", at: due - 2 });
    const leaving = stage.say(1, { kind: "end", at: due - 1 });
    const clock = all({ kind: "clock", at: due + 60 });
    for (const early of [[clock], [leaving, resume]]) await handle.signal(stimuliSignal, early);
    await takenIn(handle);
    expect(stage.traces).toEqual([[], [], []]);
    expect(stage.rest).toEqual({ number: 0, due });

    await handle.signal(stimuliSignal, [pause]);
    await seen(() => atRest(stage));
    // the pause was over, and the second member had left, before the first mail went out
    expect(stage.traces.map(([first]) => first?.step)).toEqual(["invite", undefined, "invite"]);

    const next = stage.rest.due!;
    await handle.signal(stimuliSignal, [pause, leaving, all({ kind: "clock", at: next })]);
    await seen(() => atRest(stage));
    expect(stage.rest.due).toBeGreaterThan(next);
    await handle.terminate();
  });
});

test(
  "a fresh history takes over states, ops that are out, and stimuli that came too early",
  { timeout: 300_000 },
  async () => {
    const alone = playAlone(program, zone, START, 20);
    const { stage, activities } = staged(20);
    const { states, last, ahead, missing, out } = predecessor(program, zone, START, stage, alone.script);
    expect(out.length).toBeGreaterThan(0);
    expect(ahead.length).toBeGreaterThan(0);
    const done = stage.traces.flat().length;
    expect(done).toBeGreaterThan(20);
    const horizon = missing.stimulus.at + 5 * DAY;
    const handle = await startCohort({ ...fresh(0, 20, zone, START, "stepped"), last, states, ahead });
    const worker = await server.worker(handle.workflowId, activities);
    await worker.runUntil(async () => {
      // the ops that were out are issued again without anything else happening
      await seen(() => stage.traces.flat().length >= done + out.length);
      for (const { member, step } of out) expect(stage.traces[member]!.at(-1)!.step).toBe(step);
      await handle.signal(stimuliSignal, [missing]);
      await playUntil(handle, stage, alone.script, horizon);
    });
    expect(before(stage.traces, horizon)).toEqual(before(alone.traces, horizon));
  },
);

test("another worker takes over from one that goes away in the middle of its work", { timeout: 300_000 }, async () => {
  const alone = playAlone(program, zone, START, 5);
  const { stage, activities } = staged(5);
  const handle = await startCohort(fresh(0, 5, zone, START, "stepped"));
  let interrupted = 0;
  const leaving: CohortActivities = {
    ...activities,
    async act(batch) {
      if (stage.traces.flat().length < 60) return activities.act(batch);
      interrupted += 1;
      stage.act(batch); // decided and stored, but the answer is lost with the worker
      return Context.current().cancelled;
    },
  };
  const first = await server.worker(handle.workflowId, leaving);
  await first.runUntil(play(handle, stage, alone.script, () => interrupted > 0));
  expect(interrupted).toBeGreaterThan(0);
  expect(stage.ended).toBe(false);
  const second = await server.worker(handle.workflowId, activities);
  await second.runUntil(async () => {
    await play(handle, stage, alone.script);
    await handle.result();
  });
  expect(ordered(stage.traces)).toEqual(ordered(alone.traces));
});

test("nothing is acted while paused; afterwards all goes on", { timeout: 300_000 }, async () => {
  const pausedAt = START + 30 * DAY + 7;
  const resumedAt = pausedAt + 2 * DAY + 3 * 60;
  const horizon = resumedAt + 5 * DAY;
  const ops: Stimulus[] = [
    { kind: "pause", at: pausedAt },
    { kind: "resume", at: resumedAt },
  ];
  const acts = (traces: { at: number }[][]) => traces.flat().filter(({ at }) => at > pausedAt && at < resumedAt).length;
  expect(acts(playAlone(program, zone, START, 6).traces)).toBeGreaterThan(10);
  const alone = playAlone(program, zone, START, 6, ops);
  // as operators do it: one stimulus for all; and the clock tries all the time
  const script = alone.script.filter(({ stimulus }) => stimulus.kind !== "pause" && stimulus.kind !== "resume");
  for (const stimulus of ops) script.push({ member: -1, at: stimulus.at, stimulus });
  for (let at = pausedAt + 60; at < resumedAt; at += 180)
    script.push({ member: -1, at, stimulus: { kind: "clock", at } });
  script.sort((a, b) => a.at - b.at || a.member - b.member);

  const { stage, activities } = staged(6);
  const handle = await startCohort(fresh(0, 6, zone, START, "stepped"));
  const worker = await server.worker(handle.workflowId, activities);
  await worker.runUntil(playUntil(handle, stage, script, horizon));
  expect(acts(stage.traces)).toBe(0);
  expect(before(stage.traces, horizon)).toEqual(before(alone.traces, horizon));
  expect(stage.traces.flat().filter(({ at }) => at >= resumedAt).length).toBeGreaterThan(20);
});
