import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { RunActivities } from "../../workflows/contract.ts";
import { lookSignal } from "../../workflows/signals.ts";
import { historiesOf, recordLongest } from "./record.ts";
import { openServer, type Server } from "./server.ts";

let server: Server;
beforeAll(async () => {
  server = await openServer(inject("temporalAddress"));
});
afterAll(() => server?.close());

type Standing = Awaited<ReturnType<RunActivities["settleRun"]>>;
const DAY = 24 * 60;

/** Carries a run whose activities answer as scripted, and notes when each was asked; `said` is told before each answer. */
async function carry(
  left: number[],
  standings: Standing[],
  said: (look: () => Promise<void>, settled: number) => Promise<void>,
) {
  const asked = { runs: new Set<string>(), startCohorts: [] as number[], settleRun: [] as number[] };
  const taskQueue = `campaign-run-${left.length}-${standings.length}-${Date.now()}`;
  const look = () => server.client.workflow.getHandle(taskQueue).signal(lookSignal);
  const activities: RunActivities = {
    async startCohorts(run) {
      asked.runs.add(run);
      asked.startCohorts.push(Date.now());
      return left[asked.startCohorts.length - 1]!;
    },
    async settleRun(run) {
      asked.runs.add(run);
      asked.settleRun.push(Date.now());
      await said(look, asked.settleRun.length);
      return standings[asked.settleRun.length - 1]!;
    },
  };
  const worker = await server.worker(taskQueue, activities);
  const handle = await server.client.workflow.start("campaignRun", {
    workflowId: taskQueue,
    taskQueue,
    args: [{ run: "spring" }],
  });
  await worker.runUntil(handle.result());
  expect(asked.runs).toEqual(new Set(["spring"]));
  return { ...asked, handle };
}

test("starts cohorts until none is left, looks again when it is time, and ends with the run", async () => {
  const standings = [
    { ended: false, lookAgainMinutes: 0.02 },
    { ended: false, lookAgainMinutes: 0.01 },
    { ended: true, lookAgainMinutes: 0 },
  ];
  const { startCohorts, settleRun, handle } = await carry([9, 4, 0], standings, async () => {});
  expect(startCohorts).toHaveLength(3);
  // a second between two lots, so that many cohorts do not start at once
  for (const lot of [1, 2]) expect(startCohorts[lot]! - startCohorts[lot - 1]!).toBeGreaterThan(900);
  expect(settleRun).toHaveLength(3);
  expect(settleRun[0]).toBeGreaterThanOrEqual(startCohorts[2]!);
  expect(settleRun[1]! - settleRun[0]!).toBeGreaterThan(1100);
  expect(settleRun[2]! - settleRun[1]!).toBeGreaterThan(500);
  await recordLongest(
    "campaign-run-1",
    await historiesOf(server.client.workflow, handle.workflowId, handle.firstExecutionRunId),
  );
});

test("looks again at once when told to, also when told while it is looking", async () => {
  const far = { ended: false, lookAgainMinutes: DAY };
  const { settleRun } = await carry([0], [far, far, { ended: true, lookAgainMinutes: 0 }], async (look, settled) => {
    if (settled === 1) await look(); // the answer to the first is not yet out
    if (settled === 2) setTimeout(() => void look(), 300);
  });
  expect(settleRun).toHaveLength(3);
  expect(settleRun[2]! - settleRun[1]!).toBeGreaterThan(250);
});
