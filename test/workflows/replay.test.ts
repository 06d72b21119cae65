import { readdirSync, readFileSync } from "node:fs";
import { temporal } from "@temporalio/proto";
import { Worker } from "@temporalio/worker";
import { beforeAll, expect, test } from "vitest";
import { workflowCode } from "../../src/temporal/workflow-code.ts";
import { quiet } from "./server.ts";

const folder = new URL("../histories/", import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith(".binpb"));
let bundle: Awaited<ReturnType<typeof workflowCode>>;

beforeAll(async () => {
  quiet();
  bundle = await workflowCode();
});

test("there are histories of every workflow", () => {
  expect(files.some((file) => file.startsWith("cohort"))).toBe(true);
  expect(files.some((file) => file.startsWith("campaign-run"))).toBe(true);
  expect(files.some((file) => file.startsWith("maintenance"))).toBe(true);
  expect(files.some((file) => file.startsWith("scheduled-launch"))).toBe(true);
});

test.each(files)("today's workflows replay %s", async (file) => {
  const history = temporal.api.history.v1.History.decode(readFileSync(new URL(file, folder)));
  await Worker.runReplayHistory({ workflowBundle: bundle, replayName: file }, history);
});
