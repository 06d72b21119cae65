import type { Command } from "commander";
import { withServices } from "./services.ts";
import { untilSignal } from "./signal.ts";

export function register(parent: Command): void {
  parent
    .command("worker")
    .description("run workflows and activities, and dispatch stimuli to them, until stopped")
    .action(() =>
      withServices(["temporal", "redis", "inbox"], async ({ config, db }) => {
        const { openWorker } = await import("../../worker.ts");
        const { beginProcess, openWatch } = await import("./watched.ts");
        const { reachable } = await import("../watch/reach.ts");
        const { log, endTracing } = await beginProcess("worker", config);
        const worker = await openWorker({ db, config });
        const watch = await openWatch({
          name: "worker",
          config,
          db,
          parts: [worker.part, reachable("redis", config.redisUrl!, 6379, false)],
          more: () => worker.metrics(),
        });
        log.info(`serving workflows of ${config.schema} on ${config.temporalAddress}`);
        await Promise.race([untilSignal(), worker.done]);
        watch.leave();
        await worker.stop();
        await watch.close();
        await endTracing();
      }),
    );
}
