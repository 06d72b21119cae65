import type { Config } from "../config.ts";
import type { Database } from "../store/database.ts";
import type { Part } from "../watch/readiness.ts";

export interface WatchedProcess {
  name: string;
  config: Config;
  db: Database;
  /** besides Postgres and its migrations */
  parts: Part[];
  /** metrics besides our own */
  more?: () => Promise<string>;
}

/** How a process that runs long begins: its log, a report of what ends it, its traces. @returns the log; ends the traces */
export async function beginProcess(name: string, config: Config) {
  const { openLog } = await import("../watch/log.ts");
  const { reportCrashes } = await import("../watch/crash.ts");
  const { startTracing } = await import("../watch/trace.ts");
  const log = openLog(name, config);
  reportCrashes(log);
  return { log, endTracing: await startTracing(name, config) };
}

/** The door of a process that serves nothing else (METRICS_PORT). @returns says that the process is stopping; closes it */
export async function openWatch({ name, config, db, parts, more }: WatchedProcess) {
  const { openWatchDoor } = await import("../watch/door.ts");
  const { openBacklogMetrics } = await import("../watch/backlog.ts");
  const { registry } = await import("../watch/metrics.ts");
  const { openLog } = await import("../watch/log.ts");
  const { readBacklog } = await import("../store/backlog.ts");
  const { databaseParts } = await import("../store/standing.ts");
  let stopping = false;
  const backlog = openBacklogMetrics(() => readBacklog(db));
  const door = await openWatchDoor({
    config,
    log: openLog(name, config),
    parts: [...databaseParts(db), ...parts],
    metrics: async () => {
      const texts = [registry.metrics(), backlog.metrics(), (more ?? nothing)().catch(() => "")];
      return `${(await Promise.all(texts)).join("\n")}\n`;
    },
    stopping: () => stopping,
  });
  return {
    url: door?.url,
    leave: () => {
      stopping = true;
    },
    close: async () => door?.close(),
  };
}

async function nothing(): Promise<string> {
  return "";
}
