import type { Command } from "commander";
import { pauseRun } from "../../operate/pause.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("pause")
    .argument("<run>")
    .description("stand still: nothing more is decided or sent until resume")
    .action((run: string) =>
      withServices([], async ({ config, db }) => {
        await pauseRun(db, run);
        console.log({ en: `${run} paused`, "zh-CN": `${run} 已暂停` }[config.locale]);
      }),
    );
}
