import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from "@temporalio/client";
import { sql } from "kysely";
import { lookSignal } from "../../workflows/signals.ts";
import type { Database } from "../store/database.ts";
import { runWorkflowId, type Temporal } from "./client.ts";

/**
 * Starts the workflow of every run that was launched and has none yet. A launch itself only writes rows, so that it
 * cannot be half-done when Temporal is away.
 */
export async function startRuns(db: Database, temporal: Temporal, schema: string): Promise<void> {
  const { rows } = await sql<{
    id: string;
  }>`select id from runs where status = 'starting' order by id limit 50`.execute(db);
  for (const { id } of rows) {
    try {
      await temporal.client.workflow.start("campaignRun", {
        workflowId: runWorkflowId(schema, id),
        taskQueue: temporal.taskQueue,
        args: [{ run: id }],
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }
}

/** Makes a run look at once whether it has moved on. */
export async function lookAtRun(temporal: Temporal, schema: string, run: string): Promise<void> {
  try {
    await temporal.client.workflow.getHandle(runWorkflowId(schema, run)).signal(lookSignal);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
