import type { Command } from "commander";
import { unsubscribe } from "../../operate/subscription.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("delete")
    .argument("<id>")
    .description("end it; what was not yet told is dropped")
    .option("--json", "as JSON")
    .action((id: string, { json }: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        await unsubscribe(db, id);
        if (json) return console.log(JSON.stringify({ id }));
        console.log({ en: `${id}: ended`, "zh-CN": `${id}：已删除` }[config.locale]);
      }),
    );
}
