import { userInfo } from "node:os";
import type { Command } from "commander";
import { type Approved, approveCampaign } from "../../operate/campaign/approve.ts";
import { withServices } from "../services.ts";

interface Options {
  program?: string;
  by?: string;
  json?: boolean;
}

export function register(parent: Command): void {
  parent
    .command("approve")
    .argument("<id>")
    .description("let an applied campaign be launched, where rules/home.json wants somebody else to say so")
    .option(
      "--program <hash>",
      "what was looked at (or the beginning of its hash); refused when another is applied by now",
    )
    .option("--by <who>", "who approves it; the current user by default")
    .option("--json", "as JSON")
    .action((id: string, { program, by, json }: Options) =>
      withServices([], async ({ config, db }) => {
        const approved = await approveCampaign(db, config.rules, {
          ...{ campaign: id, by: by ?? userInfo().username },
          ...(program !== undefined && { program }),
        });
        console.log(json ? JSON.stringify(approved) : told(approved)[config.locale]);
      }),
    );
}

function told({ campaign, program, approvedBy, unchanged }: Approved) {
  const short = program.slice(0, 12);
  return unchanged
    ? {
        en: `${campaign} (${short}) was approved before, by ${approvedBy}`,
        "zh-CN": `${campaign}（${short}）此前已由 ${approvedBy} 批准`,
      }
    : {
        en: `${campaign} (${short}) approved by ${approvedBy}; next: rekindle campaign run ${campaign}`,
        "zh-CN": `${campaign}（${short}）已由 ${approvedBy} 批准；下一步：rekindle campaign run ${campaign}`,
      };
}
