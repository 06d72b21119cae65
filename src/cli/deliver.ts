import type { Command } from "commander";
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
        const delivery = await openDelivery({ db, config, secret: config.secret! });
        const where = config.inboxUrl ? `the local inbox ${config.inboxUrl}` : channels(config).join(", ");
        console.error(`deliver: messages of ${config.schema} go to ${where}`);
        await untilSignal();
        await delivery.stop();
      }),
    );
}
