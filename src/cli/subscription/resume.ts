import type { Command } from "commander";
import { resumeTelling } from "../../operate/subscription.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("resume")
    .argument("<id>")
    .description("go on with what was kept, at once")
    .option("--json", "as JSON")
    .action((id: string, { json }: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const resumed = await resumeTelling(db, id);
        if (json) return console.log(JSON.stringify(resumed, null, 2));
        const { pending } = resumed;
        console.log(
          { en: `${id}: active, ${pending} pending`, "zh-CN": `${id}：已启用，${pending} 条待通知` }[config.locale],
        );
      }),
    );
}
