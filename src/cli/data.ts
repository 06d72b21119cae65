import type { Command } from "commander";
import { statusText } from "./data/status-text.ts";
import { withServices } from "./services.ts";

export function register(parent: Command): void {
  parent
    .command("data")
    .description("what data there is")
    .command("status")
    .description("how much there is, how old it is, and what is missing in it")
    .option("--json", "print it as JSON")
    .action(({ json }: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const { dataStatus } = await import("../operate/data-status.ts");
        const status = await dataStatus(db);
        console.log(json ? JSON.stringify(status) : statusText(status, config.locale));
      }),
    );
}
