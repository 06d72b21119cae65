import type { Command } from "commander";
import { listKeys } from "../../operate/access/api-key.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("list")
    .description("API keys by name; the keys themselves are not kept")
    .option("--json", "as JSON")
    .action((options: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const keys = (await listKeys(db)).map(({ hash: _, ...key }) => key);
        if (options.json) return console.log(JSON.stringify(keys));
        const zh = config.locale === "zh-CN";
        if (keys.length === 0)
          return console.log(zh ? "还没有密钥：rekindle key create" : "no keys yet: rekindle key create");
        for (const key of keys) {
          const until = key.expires_at ? `${zh ? "有效期至" : "until"} ${key.expires_at.toISOString()}` : "";
          const state = key.revoked_at ? `${zh ? "已吊销" : "revoked"} ${key.revoked_at.toISOString()}` : until;
          const used = `${zh ? "最近使用" : "used"} ${key.last_used_on ?? "-"}`;
          const of = [key.public && (zh ? "公开" : "public"), key.team, key.person, key.types?.join(",")];
          const limits = of.filter(Boolean).join(" ");
          const cells = [key.role.padEnd(9), key.created_at.toISOString(), key.name, limits, used, state];
          console.log(cells.filter((cell) => cell !== "").join("  "));
        }
      }),
    );
}
