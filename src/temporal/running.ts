import type { Temporal } from "./client.ts";
import { refusedAs } from "./refusal.ts";

/** Whether a workflow of this id runs now: not unknown to the server, ended, or terminated. */
export async function isRunning({ client }: Pick<Temporal, "client">, workflowId: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name === "RUNNING";
  } catch (error) {
    if (refusedAs(error, "WorkflowNotFoundError")) return false;
    throw error;
  }
}

/** Ends a workflow at once, if it runs. */
export async function endWorkflow({ client }: Pick<Temporal, "client">, workflowId: string): Promise<void> {
  try {
    await client.workflow.getHandle(workflowId).terminate("goes on elsewhere");
  } catch (error) {
    if (!refusedAs(error, "WorkflowNotFoundError")) throw error;
  }
}
