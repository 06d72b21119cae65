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
        const worker = await openWorker({ db, config });
        console.error(`worker: serving workflows of ${config.schema} on ${config.temporalAddress}`);
        await Promise.race([untilSignal(), worker.done]);
        await worker.stop();
      }),
    );
}
