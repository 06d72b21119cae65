import type { Command } from "commander";
import { pauseTelling } from "../../operate/subscription.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("pause")
    .argument("<id>")
    .description("post nothing until it is resumed; what happens meanwhile is kept")
    .option("--json", "as JSON")
    .action((id: string, { json }: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const paused = await pauseTelling(db, id);
        if (json) return console.log(JSON.stringify(paused, null, 2));
        console.log({ en: `${id}: paused`, "zh-CN": `${id}：已暂停` }[config.locale]);
      }),
    );
}
