import { fileURLToPath } from "node:url";
import {
  bundleWorkflowCode,
  DefaultLogger,
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
import { loadHome } from "./src/operate/home.ts";
import { resyncSchedules, syncSchedules } from "./src/operate/campaign-schedule.ts";
import { reachOf } from "./src/operate/reach.ts";
import { createLaunching } from "./src/operate/scheduled-launch.ts";
import { createMaintenance } from "./src/operate/maintenance.ts";
import { ensureSchedules, refreshNextTime } from "./src/operate/schedules.ts";
import { now } from "./src/store/clock.ts";
import type { Database } from "./src/store/database.ts";
import { closeOldCohorts } from "./src/store/join/cohorts.ts";
import { openTemporal, taskQueueOf } from "./src/temporal/client.ts";
import { dispatchStimuli } from "./src/temporal/dispatch.ts";
import { heartbeating } from "./src/temporal/heartbeat.ts";
import { lookAtRun, startOpened, startRuns } from "./src/temporal/start.ts";

export interface WorkerProcess {
  /** ends when the worker does */
  done: Promise<void>;
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
  quiet();
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
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL("./workflows/index.ts", import.meta.url)),
      logger: new DefaultLogger("ERROR"),
    }),
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
  const lane = openLane({
    redisUrl: config.redisUrl!,
    prefix: schema,
    name: "dispatch",
    sweepMs: SWEEP_MS,
    handler: async () => {
      await startRuns(db, temporal, schema);
      await startOpened(db, temporal, schema);
      await closeOldCohorts(db, await now(db));
      await syncSchedules(db, temporal, schema);
      return dispatchStimuli(db, temporal, schema);
    },
    onError: (error) => console.error(`dispatch: ${(error as Error).message}`),
  });
  const done = worker.run();
  return {
    done,
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

let installed = false;
function quiet(): void {
  if (!installed) Runtime.install({ logger: new DefaultLogger("WARN") });
  installed = true;
}
