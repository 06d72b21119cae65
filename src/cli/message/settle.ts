import { Argument, type Command } from "commander";
import { settleMessage } from "../../operate/message.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("settle")
    .argument("<id>", "as in message list --status unknown")
    .addArgument(new Argument("<result>", "what the mail server's log says").choices(["accepted", "rejected"]))
    .description("say what became of a message that was on its way when a process or connection was lost")
    .option("--json", "as JSON")
    .action((id: string, result: "accepted" | "rejected", { json }: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        await settleMessage(db, id, result);
        if (json) console.log(JSON.stringify({ id, status: result }));
        else if (result === "accepted") console.log({ en: `${id}: accepted`, "zh-CN": `${id}：已送出` }[config.locale]);
        else console.log({ en: `${id}: rejected`, "zh-CN": `${id}：被拒收` }[config.locale]);
      }),
    );
}
