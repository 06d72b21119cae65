import {
  DefaultLogger,
  type LogMetadata,
  NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions,
} from "@temporalio/worker";
import { createActivities } from "./activities/index.ts";
import { createRunActivities } from "./activities/run.ts";
import { channels } from "./src/channel/configured.ts";
import type { Config } from "./src/config.ts";
import { openLane, openWaker } from "./src/delivery/lane.ts";
import { loadHome } from "./src/operate/rules/home.ts";
import { resyncSchedules, syncSchedules } from "./src/operate/schedule/campaign-schedule.ts";
import { openLines } from "./src/operate/run/line.ts";
import { reachOf } from "./src/operate/campaign/reach.ts";
import { createLaunching } from "./src/operate/schedule/scheduled-launch.ts";
import { createMaintenance } from "./src/operate/schedule/maintenance.ts";
import { ensureSchedules, refreshNextTime } from "./src/operate/schedule/schedules.ts";
import { now } from "./src/store/clock.ts";
import type { Database } from "./src/store/database.ts";
import { closeOldCohorts } from "./src/store/join/cohorts.ts";
import { openTemporal, type Temporal, taskQueueOf } from "./src/temporal/client.ts";
import { dispatchStimuli } from "./src/temporal/dispatch.ts";
import { heartbeating } from "./src/temporal/heartbeat.ts";
import { lookAtRun, startOpened, startRuns } from "./src/temporal/start.ts";
import { workflowCode } from "./src/temporal/workflow-code.ts";
import { freePort } from "./src/local/door.ts";
import { faultFields, type Log, openLog } from "./src/watch/log.ts";
import type { Part } from "./src/watch/readiness.ts";

export interface WorkerProcess {
  /** ends when the worker does */
  done: Promise<void>;
  /** Temporal, as far as this process is connected to it */
  part: Part;
  /** what Temporal's own library counts, as Prometheus reads it */
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

const SWEEP_MS = 1_000;

/** How the worker works, here and in benches. */
export const workerOptions: Partial<WorkerOptions> = {
  // a cohort of 500 takes about a megabyte; those beyond are read again from their short histories when they wake
  maxCachedWorkflows: 300,
  // each activity is one transaction: more at once would only queue for connections
  maxConcurrentActivityTaskExecutions: 8,
  interceptors: { activity: [heartbeating] },
  shutdownGraceTime: "10s",
};

/** The Temporal worker with its dispatcher: workflows and activities on one side, stimuli on the other. */
export async function openWorker({ db, config }: { db: Database; config: Config }): Promise<WorkerProcess> {
  const log = openLog("worker", config);
  const metrics = await install(log, config.metricsPort !== undefined);
  const { schema } = config;
  const home = await loadHome(config.rules);
  const { locale } = home;
  const temporal = await openTemporal(config);
  const scheduling = { db, temporal, schema, home };
  await ensureSchedules(scheduling);
  await resyncSchedules(db);
  const waker = openWaker({ redisUrl: config.redisUrl!, prefix: schema });
  const connection = await NativeConnection.connect({ address: config.temporalAddress! });
  const worker = await Worker.create({
    connection,
    namespace: config.temporalNamespace,
    taskQueue: taskQueueOf(config),
    workflowBundle: await workflowCode(),
    activities: {
      ...createActivities({
        db,
        channels: channels(config),
        wake: (lane) => waker.wake(lane),
        onLastCohort: (run) => lookAtRun(temporal, schema, run),
        locale,
      }),
      ...createRunActivities({ db, temporal, schema, locale }),
      ...createLaunching({ db, reach: reachOf(config) }),
      ...createMaintenance({ db, rules: config.rules, onEnd: (what) => refreshNextTime(scheduling, what) }),
    },
    ...workerOptions,
  });
  const lines = openLines(db);
  const lane = openLane({
    redisUrl: config.redisUrl!,
    prefix: schema,
    name: "dispatch",
    sweepMs: SWEEP_MS,
    handler: async () => {
      await startRuns(db, temporal, schema);
      for (const run of await lines.look()) await lookAtRun(temporal, schema, run);
      await startOpened(db, temporal, schema);
      await closeOldCohorts(db, await now(db));
      await syncSchedules(db, temporal, schema);
      return dispatchStimuli(db, temporal, schema);
    },
    onError: (error) => log.error({ lane: "dispatch", ...faultFields(error) }, "a batch failed; it is tried again"),
  });
  const done = worker.run();
  return {
    done,
    metrics,
    part: { name: "temporal", needed: true, answers: () => answersNow(temporal) },
    async stop() {
      await lane.stop();
      if (worker.getState() === "RUNNING") worker.shutdown();
      await done;
      await waker.close();
      await connection.close();
      await temporal.close();
    },
  };
}

async function answersNow({ client }: Temporal): Promise<boolean> {
  await client.connection.withDeadline(Date.now() + 2_000, () => client.workflowService.getSystemInfo({}));
  return true;
}

let installed: { url?: string } | undefined;

/**
 * Temporal's library is set up once a process: its trouble goes to our log, its metrics to a port of this machine from
 * which they are asked together with ours.
 */
async function install(log: Log, watched: boolean): Promise<() => Promise<string>> {
  if (!installed) {
    const bindAddress = watched ? `127.0.0.1:${await freePort()}` : undefined;
    Runtime.install({
      logger: new DefaultLogger("WARN", ({ level, message, meta }) =>
        log[level === "ERROR" ? "error" : "warn"](told(meta), message),
      ),
      ...(bindAddress !== undefined && {
        telemetryOptions: {
          metrics: {
            prometheus: { bindAddress, unitSuffix: true, countersTotalSuffix: true, useSecondsForDurations: true },
          },
        },
      }),
    });
    installed = bindAddress === undefined ? {} : { url: `http://${bindAddress}/metrics` };
  }
  const { url } = installed;
  return async () => (url === undefined ? "" : (await fetch(url, { signal: AbortSignal.timeout(2_000) })).text());
}

/** Of what Temporal's library says besides its message, what holds no data. */
function told(meta: LogMetadata | undefined): Record<string, unknown> {
  const { error, workflowType, activityType, workflowId, attempt } = (meta ?? {}) as Record<string, unknown>;
  return { workflowType, activityType, workflowId, attempt, ...(error !== undefined && faultFields(error)) };
}
