import type { Command } from "commander";
import { trySubscription } from "../../operate/subscription.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("test")
    .argument("<id>")
    .description(
      "post one event of type subscription.test now, and say what came back; exit code 1 when it was not taken",
    )
    .option("--json", "as JSON")
    .action((id: string, { json }: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const posted = await trySubscription(db, config, id);
        const taken = posted.result === "accepted";
        if (!taken) process.exitCode = 1;
        if (json) return console.log(JSON.stringify(posted));
        const text = taken
          ? { en: `${id}: taken (${posted.reason})`, "zh-CN": `${id}：已接收（${posted.reason}）` }
          : { en: `${id}: not taken (${posted.reason})`, "zh-CN": `${id}：未接收（${posted.reason}）` };
        console.log(text[config.locale]);
      }),
    );
}
