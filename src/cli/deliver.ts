import type { Command } from "commander";
import type { Database } from "../store/database.ts";
import { withServices } from "./services.ts";
import { untilSignal } from "./signal.ts";

export function register(parent: Command): void {
  parent
    .command("deliver")
    .description("bring messages to their channels, until stopped")
    .action(() =>
      withServices(["redis", "inbox"], async ({ config, db }) => {
        const { channels } = await import("../channel/configured.ts");
        const { openDelivery } = await import("../delivery/delivery.ts");
        const { beginProcess, openWatch } = await import("./watched.ts");
        const { reachable } = await import("../watch/reach.ts");
        const { log, endTracing } = await beginProcess("deliver", config);
        const delivery = await openDelivery({ db, config, secret: config.secret! });
        const parts = [reachable("redis", config.redisUrl!, 6379, false)];
        parts.push({ name: "subscriptions", needed: false, answers: () => areHeard(db) });
        if (config.smtpUrl !== undefined) parts.push(reachable("smtp", config.smtpUrl, 25, true));
        const watch = await openWatch({ name: "deliver", config, db, parts });
        const where = config.inboxUrl ? `the local inbox ${config.inboxUrl}` : channels(config).join(", ");
        log.info(`messages of ${config.schema} go to ${where}`);
        await untilSignal();
        watch.leave();
        await delivery.stop();
        await watch.close();
        await endTracing();
      }),
    );
}

/** Nobody who is told what happens fails to listen. */
async function areHeard(db: Database): Promise<boolean> {
  const { isSomeoneUnheard } = await import("../store/subscription.ts");
  return !(await isSomeoneUnheard(db));
}
