import type { Command } from "commander";
import { revokeKey } from "../../operate/access/api-key.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("revoke")
    .description("stop the keys of a name from working, within seconds")
    .argument("<name>")
    .option("--json", "as JSON")
    .action((name: string, options: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const revoked = await revokeKey(db, name);
        if (options.json) return console.log(JSON.stringify({ name, revoked }));
        console.log(config.locale === "zh-CN" ? `已吊销 ${revoked} 个密钥` : `${revoked} revoked`);
      }),
    );
}
