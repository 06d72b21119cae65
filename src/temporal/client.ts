import type { Client } from "@temporalio/client";
import type { Config } from "../config.ts";
import { ServiceError } from "../fault.ts";

export interface Temporal {
  client: Client;
  /** task queue of this home's worker */
  taskQueue: string;
  close(): Promise<void>;
}

/** Names in a shared Temporal namespace: the schema keeps homes and tests apart. */
export function taskQueueOf(config: Config): string {
  return `rekindle-${config.schema}`;
}
export function runWorkflowId(schema: string, run: string): string {
  return `${schema}/run/${run}`;
}
export function cohortWorkflowId(schema: string, run: string, cohort: number): string {
  return `${schema}/cohort/${run}/${cohort}`;
}

/** @throws ServiceError when the server cannot be reached within seconds */
export async function openTemporal(config: Config): Promise<Temporal> {
  const address = config.temporalAddress!;
  // a third of a second that a door which few people use need not wait for
  const { Client, Connection } = await import("@temporalio/client");
  try {
    const connection = await Connection.connect({ address, connectTimeout: "5s" });
    const client = new Client({ connection, namespace: config.temporalNamespace });
    return { client, taskQueue: taskQueueOf(config), close: () => connection.close() };
  } catch {
    throw new ServiceError("Temporal", `no answer at ${address}`, {
      en: "start it, correct TEMPORAL_ADDRESS, or leave it unset to use the embedded one",
      "zh-CN": "请启动 Temporal、改正 TEMPORAL_ADDRESS，或不设置该变量以使用内置服务",
    });
  }
}
