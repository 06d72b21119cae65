import type { Command } from "commander";
import { showCustomer } from "../../operate/customer/customer.ts";
import { readLibrary } from "../../operate/rules/library.ts";
import { withServices } from "../services.ts";
import { customerText } from "./show-text.ts";

export function register(parent: Command): void {
  parent
    .command("show")
    .description("all that is known of one customer: who, reachable how, in which segments, where in which campaigns")
    .argument("<customer_id>", "one they had before a merge will do")
    .option("--json", "as JSON")
    .action(async (customerId: string, { json }: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const { library } = await readLibrary(config.rules);
        const shown = await showCustomer(db, library, customerId);
        console.log(json ? JSON.stringify(shown, null, 2) : customerText(shown, config.locale, library.home));
      }),
    );
}
