import type { Command } from "commander";
import { listSchedules } from "../../operate/schedule/campaign-schedule.ts";
import { localTime, schedulesText } from "../../report/show/schedules.ts";
import { runsText, statusText } from "../../report/show/status.ts";
import { listRuns, loadStatus } from "../../report/status.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("status")
    .description("where a run stands now; without RUN: all runs, latest first, and what is scheduled")
    .argument("[run]", "run (winback-30-1), or a campaign for its latest run")
    .option("--json", "print it as JSON")
    .action(async (run: string | undefined, options: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        if (run === undefined) {
          const runs = await listRuns(db);
          if (options.json) {
            console.log(JSON.stringify(runs, null, 2));
            return;
          }
          console.log(runsText(runs, config.locale));
          const schedules = await listSchedules(db);
          if (schedules.length > 0) console.log(`\n${schedulesText(schedules, localTime, config.locale)}`);
          return;
        }
        const status = await loadStatus(db, run);
        console.log(options.json ? JSON.stringify(status, null, 2) : statusText(status, config.locale));
      }),
    );
}
