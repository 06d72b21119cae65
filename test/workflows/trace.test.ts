import { TestWorkflowEnvironment } from "@temporalio/testing";
import { Worker } from "@temporalio/worker";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { Program } from "../../src/campaign/program.ts";
import { testServerPath } from "../../src/local/test-server.ts";
import { workflowCode } from "../../src/temporal/workflow-code.ts";
import { stimuliSignal } from "../../workflows/signals.ts";
import { playAlone, type Script, ZONES } from "./members.ts";
import { fresh, ordered, play } from "./play.ts";
import { historiesOf, recordLongest } from "./record.ts";
import { referenceProgram } from "./reference.ts";
import { openServer, type Server } from "./server.ts";
import { partOf, Stage, stageActivities } from "./stage.ts";

const zone = ZONES[0]!;
let program: Program;
let server: Server;

beforeAll(async () => {
  program = await referenceProgram();
  server = await openServer(inject("temporalAddress"));
});
afterAll(() => server?.close());

async function playStepped(members: number, size: number, start: number, script: Script[]) {
  const stages = new Map<number, Stage>();
  for (let first = 0; first < members; first += size) {
    stages.set(first / size, new Stage(program, zone, start, first, Math.min(size, members - first)));
  }
  const taskQueue = `trace-${size}-${members}-${Date.now()}`;
  const worker = await server.worker(taskQueue, stageActivities(program, stages));
  await worker.runUntil(
    Promise.all(
      [...stages].map(async ([cohort, stage]) => {
        const size_ = stage.traces.length;
        const input = fresh(cohort, size_, zone, start, "stepped");
        const handle = await server.client.workflow.start("cohort", {
          workflowId: `${taskQueue}/${cohort}`,
          taskQueue,
          args: [input],
        });
        await play(handle, stage, partOf(script, cohort * size, size_));
        await handle.result();
        if (size === 7 && cohort === 0) {
          await recordLongest(
            "cohort-7-stepped",
            await historiesOf(server.client.workflow, handle.workflowId, handle.firstExecutionRunId),
          );
        }
      }),
    ),
  );
  return [...stages.values()].flatMap((stage) => stage.traces);
}

test.each([
  [20, 1],
  [20, 7],
  [500, 500],
])("%i members in cohorts of %i show the trace of the machine alone", { timeout: 600_000 }, async (members, size) => {
  const start = Date.UTC(2026, 3, 1, 2, 0) / 60_000;
  const alone = playAlone(program, zone, start, members);
  const traces = await playStepped(members, size, start, alone.script);
  expect(ordered(traces)).toEqual(ordered(alone.traces));
  expect(traces.flat().length).toBeGreaterThan(members * 20);
});

test(
  "twenty members on the time-skipping server show the same trace, over many histories",
  { timeout: 600_000 },
  async () => {
    const environment = await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: "existing-path", path: await testServerPath() } },
    });
    try {
      // the server only moves forward; the same date whenever the test is run
      const start = Date.UTC(2040, 3, 1, 2, 0) / 60_000;
      const alone = playAlone(program, zone, start, 20);
      const stage = new Stage(program, zone, start, 0, 20);
      const worker = await Worker.create({
        connection: environment.nativeConnection,
        taskQueue: "trace",
        workflowBundle: await workflowCode(),
        activities: stageActivities(program, new Map([[0, stage]])),
      });
      const comeTo = async (minute: number) => {
        const wait = minute * 60_000 - (await environment.currentTimeMs());
        if (wait > 0) await environment.sleep(wait);
      };
      await worker.runUntil(async () => {
        await comeTo(start);
        const { workflow } = environment.client;
        const handle = await workflow.start("cohort", {
          workflowId: "trace",
          taskQueue: "trace",
          args: [fresh(0, 20, zone, start, "timer")],
        });
        for (const { member, at, stimulus } of alone.script) {
          await comeTo(at);
          await handle.signal(stimuliSignal, [stage.say(member, stimulus)]);
        }
        await handle.result();
        const histories = await historiesOf(workflow, handle.workflowId, handle.firstExecutionRunId);
        expect(histories.length).toBeGreaterThan(5);
        await recordLongest("cohort-20-timer", histories);
      });
      expect(ordered(stage.traces)).toEqual(ordered(alone.traces));
    } finally {
      await environment.teardown();
    }
  },
);
