import type { Command } from "commander";
import { type CampaignLine, listCampaigns } from "../../operate/campaign/campaign.ts";
import { term } from "../../report/show/words.ts";
import { listTable } from "../list-table.ts";
import { withServices } from "../services.ts";

const MOST = 10_000;

export function register(parent: Command): void {
  parent
    .command("list")
    .description("applied campaigns: which may be launched, what starts them, their latest run")
    .option("--json", "as JSON")
    .action(({ json }: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const { locale } = config;
        const campaigns = await listCampaigns(db, { limit: MOST });
        if (json) console.log(JSON.stringify(campaigns, null, 2));
        else if (campaigns.length === 0) console.log(NONE[locale]);
        else
          console.log(
            listTable(
              HEAD,
              campaigns.map((one) => cells(one, locale)),
              locale,
            ),
          );
      }),
    );
}

const HEAD = [
  { en: "Campaign", "zh-CN": "活动" },
  { en: "Name", "zh-CN": "名称" },
  { en: "Program", "zh-CN": "程序" },
  { en: "Approved by", "zh-CN": "批准人" },
  { en: "Trigger", "zh-CN": "触发" },
  { en: "Latest run", "zh-CN": "最近运行" },
];
const NONE = {
  en: "nothing is applied yet: rekindle campaign apply ID",
  "zh-CN": "尚未应用任何活动：rekindle campaign apply ID",
};
const WAITS = { en: "not yet", "zh-CN": "待批准" };

function cells({ id, name, program, approved, approvedBy, trigger, run }: CampaignLine, locale: "en" | "zh-CN") {
  const latest = run ? `${run.id} (${term(run.status, locale)})` : "–";
  return [id, name[locale], program.slice(0, 12), approved ? (approvedBy ?? "–") : WAITS[locale], trigger, latest];
}
