import { Client, Connection } from "@temporalio/client";
import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import { workflowCode } from "../../src/temporal/workflow-code.ts";

/** Only what goes wrong is said. Before the first connection or worker of a test file. */
export function quiet(): void {
  const logging = { filter: makeTelemetryFilterString({ core: "ERROR", other: "ERROR" }) };
  Runtime.install({ logger: new DefaultLogger("ERROR"), telemetryOptions: { logging } });
}

export type Server = Awaited<ReturnType<typeof openServer>>;

/** The development server with our workflows. */
export async function openServer(address: string) {
  quiet();
  const workflowBundle = await workflowCode();
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
