import type { Command } from "commander";
import { listUsers } from "../../store/user.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("list")
    .description("people who sign in")
    .option("--json", "as JSON")
    .action((options: { json?: boolean }) =>
      withServices([], async ({ config: { locale }, db }) => {
        const users = await listUsers(db);
        if (options.json) return console.log(JSON.stringify(users));
        if (users.length === 0) {
          const none = "rekindle user create NAME --role admin";
          return console.log({ en: `nobody yet: ${none}`, "zh-CN": `还没有用户：${none}` }[locale]);
        }
        for (const { name, role, team, person, disabled_at } of users) {
          const disabled = { en: "disabled", "zh-CN": "已停用" }[locale];
          const cells = [role.padEnd(9), name, team, person, disabled_at && `${disabled} ${disabled_at.toISOString()}`];
          console.log(cells.filter(Boolean).join("  "));
        }
      }),
    );
}
