import { userInfo } from "node:os";
import type { Command } from "commander";
import { type Applied, applyCampaign } from "../../operate/campaign/apply.ts";
import { faultLine } from "../failure.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("apply")
    .argument("<id>")
    .description("check a campaign and make it the one that runs are launched with")
    .option("--by <who>", "who applies it; the current user by default")
    .option("--json", "print the program's hash as JSON")
    .action((id: string, { by, json }: { by?: string; json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const applied = await applyCampaign(db, config.rules, id, by ?? userInfo().username);
        for (const fault of applied.warnings) console.error(faultLine(fault));
        if (json) console.log(JSON.stringify(applied));
        else console.log(told(applied)[config.locale]);
      }),
    );
}

function told({ campaign, program, unchanged, approved }: Applied) {
  const next = `rekindle campaign ${approved ? "plan" : "approve"} ${campaign}`;
  if (!approved) {
    return {
      en: `${campaign} applied: ${program}; somebody else must approve it before it can be launched: ${next}`,
      "zh-CN": `${campaign} 已应用：${program}；启动前须由另一人批准：${next}`,
    };
  }
  return unchanged
    ? { en: `${campaign} is unchanged: ${program}`, "zh-CN": `${campaign} 没有变化：${program}` }
    : {
        en: `${campaign} applied: ${program}; next: ${next}`,
        "zh-CN": `${campaign} 已应用：${program}；下一步：${next}`,
      };
}
