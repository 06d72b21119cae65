import type { Command } from "commander";
import { duplicatesText, statusText } from "./data/status-text.ts";
import { withServices } from "./services.ts";

/** Groups that are listed; those with the most customers come first. */
const MOST = 1_000;

export function register(parent: Command): void {
  parent
    .command("data")
    .description("what data there is")
    .command("status")
    .description("how much there is, how old it is, and what is missing in it")
    .option("--duplicates", "list customers who share an address instead, by their ids")
    .option("--json", "print it as JSON")
    .action(({ duplicates, json }: { duplicates?: boolean; json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const { dataStatus } = await import("../operate/data-status.ts");
        if (duplicates) {
          const { findDuplicates } = await import("../store/contact.ts");
          const found = await findDuplicates(db, MOST);
          console.log(json ? JSON.stringify(found) : duplicatesText(found, config.locale));
          return;
        }
        const { loadHome } = await import("../operate/rules/home.ts");
        const status = await dataStatus(db);
        if (json) return console.log(JSON.stringify(status));
        const { timezone } = await loadHome(config.rules);
        console.log(statusText(status, config.locale, timezone));
      }),
    );
}
