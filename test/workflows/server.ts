import { fileURLToPath } from "node:url";
import { Client, Connection } from "@temporalio/client";
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions,
} from "@temporalio/worker";

/** The workflows as a worker loads them; takes about two seconds, so once per file. */
export function bundleWorkflows() {
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL("../../workflows/index.ts", import.meta.url)),
    logger: new DefaultLogger("ERROR"),
  });
}

/** Only what goes wrong is said. Before the first connection or worker of a test file. */
export function quiet(): void {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
}

export type Server = Awaited<ReturnType<typeof openServer>>;

/** The development server with our workflows. */
export async function openServer(address: string) {
  quiet();
  const workflowBundle = await bundleWorkflows();
  const connection = await NativeConnection.connect({ address });
  const client = new Client({ connection: await Connection.connect({ address }) });
  return {
    client,
    worker: (taskQueue: string, activities: object, options: Partial<WorkerOptions> = {}) =>
      Worker.create({ connection, taskQueue, workflowBundle, activities, ...options }),
    async close() {
      await client.connection.close();
      await connection.close();
    },
  };
}
