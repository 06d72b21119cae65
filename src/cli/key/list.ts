import type { Command } from "commander";
import { listApiKeys } from "../../store/api-key.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("list")
    .description("API keys by name; the keys themselves are not kept")
    .option("--json", "as JSON")
    .action((options: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const keys = await listApiKeys(db);
        if (options.json) return console.log(JSON.stringify(keys));
        const zh = config.locale === "zh-CN";
        if (keys.length === 0)
          return console.log(zh ? "还没有密钥：rekindle key create" : "no keys yet: rekindle key create");
        for (const key of keys) {
          const until = key.expires_at ? `${zh ? "有效期至" : "until"} ${key.expires_at.toISOString()}` : "";
          const state = key.revoked_at ? `${zh ? "已吊销" : "revoked"} ${key.revoked_at.toISOString()}` : until;
          console.log([key.role.padEnd(9), key.created_at.toISOString(), key.name, state].join("  ").trimEnd());
        }
      }),
    );
}
