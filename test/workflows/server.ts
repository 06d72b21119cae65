import { fileURLToPath } from "node:url";
import { Client, Connection } from "@temporalio/client";
import {
  bundleWorkflowCode,
  DefaultLogger,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  Worker,
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
  const logging = { filter: makeTelemetryFilterString({ core: "ERROR", other: "ERROR" }) };
  Runtime.install({ logger: new DefaultLogger("ERROR"), telemetryOptions: { logging } });
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
    worker: (taskQueue: string, activities: object) =>
      Worker.create({ connection, taskQueue, workflowBundle, activities }),
    async close() {
      await client.connection.close();
      await connection.close();
    },
  };
}
