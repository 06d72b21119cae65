import type { Command } from "commander";
import { runsText, statusText } from "../../report/show/status.ts";
import { listRuns, loadStatus } from "../../report/status.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("status")
    .description("where a run stands now; without RUN: all runs, latest first")
    .argument("[run]", "run (winback-30-1), or a campaign for its latest run")
    .option("--json", "print it as JSON")
    .action(async (run: string | undefined, options: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        if (run === undefined) {
          const runs = await listRuns(db);
          console.log(options.json ? JSON.stringify(runs, null, 2) : runsText(runs, config.locale));
          return;
        }
        const status = await loadStatus(db, run);
        console.log(options.json ? JSON.stringify(status, null, 2) : statusText(status, config.locale));
      }),
    );
}
