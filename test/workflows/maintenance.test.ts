import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { MaintenanceActivities } from "../../workflows/contract.ts";
import { historiesOf, recordLongest } from "./record.ts";
import { openServer, type Server } from "./server.ts";

let server: Server;
beforeAll(async () => {
  server = await openServer(inject("temporalAddress"));
});
afterAll(() => server?.close());

async function maintain(what: "score" | "segments") {
  const done: string[] = [];
  const activities: MaintenanceActivities = {
    scoreCustomers: async () => void done.push("score"),
    lookAtSegments: async () => void done.push("look"),
  };
  const taskQueue = `maintenance-${what}-${Date.now()}`;
  const worker = await server.worker(taskQueue, activities);
  const handle = await server.client.workflow.start("maintenance", {
    workflowId: taskQueue,
    taskQueue,
    args: [{ what }],
  });
  await worker.runUntil(handle.result());
  return { done, handle };
}

test("segments are looked at again once everybody has been scored, and by themselves", async () => {
  const { done, handle } = await maintain("score");
  expect(done).toEqual(["score", "look"]);
  expect((await maintain("segments")).done).toEqual(["look"]);
  await recordLongest(
    "maintenance-score",
    await historiesOf(server.client.workflow, handle.workflowId, handle.firstExecutionRunId),
  );
});
