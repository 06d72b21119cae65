import type { Command } from "commander";
import { changeUser } from "../../operate/access/user.ts";
import { generatePassword, readPassword } from "../password.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("password")
    .description(
      "sets a user's password, which is asked for or read from standard input; signs them out, and ends their waiting after wrong ones",
    )
    .argument("<name>")
    .option("--generate", "make a password and print it this once")
    .option("--json", "as JSON")
    .action((name: string, { generate, json }: { generate?: boolean; json?: boolean }) =>
      withServices([], async ({ config: { locale }, db }) => {
        const password = generate
          ? generatePassword()
          : await readPassword({ en: "password: ", "zh-CN": "密码：" }[locale]);
        const user = await changeUser(db, name, { password });
        if (json) return console.log(JSON.stringify({ ...user, ...(generate && { password }) }));
        console.error(
          {
            en: `password set; sessions ended: ${user.signedOut}`,
            "zh-CN": `密码已设置，结束会话 ${user.signedOut} 个`,
          }[locale],
        );
        if (generate) console.log(password);
      }),
    );
}
