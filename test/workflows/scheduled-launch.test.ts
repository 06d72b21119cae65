import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { LaunchActivities } from "../../workflows/contract.ts";
import { historiesOf, recordLongest } from "./record.ts";
import { openServer, type Server } from "./server.ts";

let server: Server;
beforeAll(async () => {
  server = await openServer(inject("temporalAddress"));
});
afterAll(() => server?.close());

test("a launch that has to wait asks again until it is decided, always for the same time", async () => {
  const asked: [string, number][] = [];
  const activities: LaunchActivities = {
    async launchDue(campaign, due) {
      asked.push([campaign, due]);
      return { waitMinutes: asked.length < 3 ? 1 / 60 : 0 };
    },
  };
  const taskQueue = `scheduled-launch-${Date.now()}`;
  const worker = await server.worker(taskQueue, activities);
  const begun = Math.floor(Date.now() / 60_000);
  const handle = await server.client.workflow.start("scheduledLaunch", {
    workflowId: taskQueue,
    taskQueue,
    args: [{ campaign: "monthly" }],
  });
  await worker.runUntil(handle.result());
  expect(asked).toHaveLength(3);
  expect(new Set(asked.map(([campaign]) => campaign))).toEqual(new Set(["monthly"]));
  const dues = new Set(asked.map(([, due]) => due));
  expect(dues.size).toBe(1);
  expect([...dues][0]! - begun).toBeLessThanOrEqual(1);
  await recordLongest(
    "scheduled-launch",
    await historiesOf(server.client.workflow, handle.workflowId, handle.firstExecutionRunId),
  );
});
