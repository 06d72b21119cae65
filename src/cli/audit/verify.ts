import type { Command } from "commander";
import { refuse } from "../../fault.ts";
import { verifyLog } from "../../operate/access/audit.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("verify")
    .description("works out the audit log's chain of hashes anew: an entry that was changed or is missing shows")
    .option("--against <end>", "the end as an earlier verify has printed it, NR:HASH: is it still there?")
    .option("--json", "as JSON")
    .action(({ against, json }: { against?: string; json?: boolean }) =>
      withServices([], async ({ config: { locale }, db }) => {
        const found = await verifyLog(db, against);
        const { entries, end, broken } = found;
        const place = `${end.nr}:${end.hash}`;
        if (json) console.log(JSON.stringify(found));
        if (broken !== null) {
          throw refuse(String(broken), {
            en: "the audit log is not what it was from this entry on",
            "zh-CN": "审计日志自该条起已被改动",
          });
        }
        const said = {
          en: `${entries} entries, intact; end ${place}`,
          "zh-CN": `共 ${entries} 条，完整；末尾 ${place}`,
        };
        if (!json) console.log(said[locale]);
      }),
    );
}
