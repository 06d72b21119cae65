import type { Command } from "commander";
import { resumeRun } from "../../operate/run/pause.ts";
import { findRun } from "../../report/find-run.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("resume")
    .argument("<run>", "run (winback-30-1), or a campaign for its latest run")
    .description("go on after a pause")
    .option("--json", "as JSON")
    .action((name: string, { json }: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const run = await findRun(db, name);
        await resumeRun(db, run);
        if (json) console.log(JSON.stringify({ run, status: "running" }));
        else console.log({ en: `${run} resumed`, "zh-CN": `${run} 已恢复` }[config.locale]);
      }),
    );
}
