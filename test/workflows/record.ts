import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { WorkflowClient } from "@temporalio/client";
import { temporal } from "@temporalio/proto";

type History = temporal.api.history.v1.IHistory;

/** Histories of all runs of a workflow, from `runId` through every continue-as-new. */
export async function historiesOf(client: WorkflowClient, workflowId: string, runId: string): Promise<History[]> {
  const histories: History[] = [];
  for (let next: string | null | undefined = runId; next;) {
    const history: History = await client.getHandle(workflowId, next).fetchHistory();
    histories.push(history);
    next = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return histories;
}

/** With REKINDLE_RECORD=1, keeps the longest history for replay.test.ts. */
export async function recordLongest(name: string, histories: History[]): Promise<void> {
  if (process.env.REKINDLE_RECORD !== "1") return;
  const [longest] = histories.sort((a, b) => (b.events?.length ?? 0) - (a.events?.length ?? 0));
  const file = fileURLToPath(new URL(`../histories/${name}.binpb`, import.meta.url));
  await writeFile(file, temporal.api.history.v1.History.encode(longest!).finish());
}
