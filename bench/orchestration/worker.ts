import { fileURLToPath } from "node:url";
import {
  bundleWorkflowCode,
  DefaultLogger,
  makeTelemetryFilterString,
  type NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from "@temporalio/worker";
import { workerOptions } from "../../worker.ts";

/** The product's workflows and the one per customer, all with brief timers. */
export function bundleBench(): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL("./workflows.ts", import.meta.url)),
    workflowInterceptorModules: [fileURLToPath(new URL("./brief.ts", import.meta.url))],
    logger: new DefaultLogger("ERROR"),
  });
}

export interface Connected {
  connection: NativeConnection;
  namespace: string;
  workflowBundle: WorkflowBundleWithSourceMap;
}

/** The same options as in production, whatever the workflows. */
export function benchWorker(connected: Connected, taskQueue: string, activities: object): Promise<Worker> {
  return Worker.create({ ...workerOptions, ...connected, taskQueue, activities });
}

/** Only what goes wrong is said. Before the first connection. */
export function quiet(): void {
  const logging = { filter: makeTelemetryFilterString({ core: "ERROR", other: "ERROR" }) };
  Runtime.install({ logger: new DefaultLogger("ERROR"), telemetryOptions: { logging } });
}
