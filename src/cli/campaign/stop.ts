import type { Command } from "commander";
import { stopRun } from "../../operate/pause.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("stop")
    .argument("<run>")
    .description("end a run for good; what has not left is withheld")
    .action((run: string) =>
      withServices([], async ({ config, db }) => {
        await stopRun(db, run);
        console.log({ en: `${run} stopped`, "zh-CN": `${run} 已停止` }[config.locale]);
      }),
    );
}
