import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { temporal } from "@temporalio/proto";
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from "@temporalio/worker";
import { beforeAll, expect, test } from "vitest";

const folder = new URL("../histories/", import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith(".binpb"));
let bundle: Awaited<ReturnType<typeof bundleWorkflowCode>>;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
  bundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL("../../workflows/index.ts", import.meta.url)),
    logger: new DefaultLogger("ERROR"),
  });
});

test("there are histories of every workflow", () => {
  expect(files.some((file) => file.startsWith("cohort"))).toBe(true);
  expect(files.some((file) => file.startsWith("campaign-run"))).toBe(true);
});

test.each(files)("today's workflows replay %s", async (file) => {
  const history = temporal.api.history.v1.History.decode(readFileSync(new URL(file, folder)));
  await Worker.runReplayHistory({ workflowBundle: bundle, replayName: file }, history);
});
