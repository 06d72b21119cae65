import type { Command } from "commander";
import { stopRun } from "../../operate/run/pause.ts";
import { findRun } from "../../report/find-run.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("stop")
    .argument("<run>", "run (winback-30-1), or a campaign for its latest run")
    .description("end a run for good; what has not left is withheld")
    .option("--json", "as JSON")
    .action((name: string, { json }: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const run = await findRun(db, name);
        await stopRun(db, run);
        if (json) console.log(JSON.stringify({ run, status: "stopped" }));
        else console.log({ en: `${run} stopped`, "zh-CN": `${run} 已停止` }[config.locale]);
      }),
    );
}
