import type { Command } from "commander";
import { changeUser } from "../../operate/access/user.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("disable")
    .description("signs a user out everywhere and lets them in no more")
    .argument("<name>")
    .option("--undo", "lets them in again")
    .option("--json", "as JSON")
    .action((name: string, { undo = false, json }: { undo?: boolean; json?: boolean }) =>
      withServices([], async ({ config: { locale }, db }) => {
        const user = await changeUser(db, name, { disabled: !undo });
        if (json) return console.log(JSON.stringify(user));
        const said = undo
          ? { en: `${name} may sign in again`, "zh-CN": `${name} 可再次登录` }
          : {
              en: `${name} is disabled; sessions ended: ${user.signedOut}`,
              "zh-CN": `${name} 已停用，结束会话 ${user.signedOut} 个`,
            };
        console.log(said[locale]);
      }),
    );
}
