import type { Command } from "commander";
import { pauseRun } from "../../operate/run/pause.ts";
import { findRun } from "../../report/find-run.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("pause")
    .argument("<run>", "run (winback-30-1), or a campaign for its latest run")
    .description("stand still: nothing more is decided or sent until resume")
    .option("--json", "as JSON")
    .action((name: string, { json }: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const run = await findRun(db, name);
        await pauseRun(db, run);
        if (json) console.log(JSON.stringify({ run, status: "paused" }));
        else console.log({ en: `${run} paused`, "zh-CN": `${run} 已暂停` }[config.locale]);
      }),
    );
}
