import type { Command } from "commander";
import { resumeRun } from "../../operate/pause.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("resume")
    .argument("<run>")
    .description("go on after a pause")
    .action((run: string) =>
      withServices([], async ({ config, db }) => {
        await resumeRun(db, run);
        console.log({ en: `${run} resumed`, "zh-CN": `${run} 已恢复` }[config.locale]);
      }),
    );
}
