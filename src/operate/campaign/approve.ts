import { refuse } from "../../fault.ts";
import { lockApplied, saveApproved } from "../../store/campaign.ts";
import { now } from "../../store/clock.ts";
import { type Database, transaction } from "../../store/database.ts";
import { notApplied } from "./campaign.ts";
import { loadHome } from "../rules/home.ts";

export interface Approved {
  campaign: string;
  /** hash of what may be launched now */
  program: string;
  appliedBy: string | null;
  approvedBy: string;
  /** it was approved before, by whom `approvedBy` names */
  unchanged: boolean;
}

export interface ApproveOptions {
  campaign: string;
  by: string;
  /** hash of the program that was looked at, or its beginning; whatever is applied when left out */
  program?: string;
}

/**
 * Lets an applied campaign be launched. Where rules/home.json says `"approval": "by-another"`, whoever applied it cannot.
 * @throws InputError when it is not applied, something else is applied by now, or the same person wants both
 */
export async function approveCampaign(db: Database, rulesDir: string, options: ApproveOptions): Promise<Approved> {
  const { campaign, by, program } = options;
  const { approval } = await loadHome(rulesDir);
  return transaction(db, async (tx) => {
    const applied = await lockApplied(tx, campaign);
    if (!applied) throw await notApplied(tx, campaign);
    if (program !== undefined && !applied.program.startsWith(program)) {
      throw refuse(campaign, {
        en: `another program is applied by now: ${applied.program}; look at it first`,
        "zh-CN": `现已应用另一个程序：${applied.program}；请先查看`,
      });
    }
    const approved = { campaign, program: applied.program, appliedBy: applied.appliedBy };
    if (applied.approved) return { ...approved, approvedBy: applied.approvedBy ?? "", unchanged: true };
    if (approval === "by-another" && applied.appliedBy === by) {
      throw refuse(campaign, {
        en: `${by} has applied it: somebody else must approve it ("approval" in rules/home.json)`,
        "zh-CN": `该活动由 ${by} 应用，须由另一人批准（rules/home.json 中的 "approval"）`,
      });
    }
    await saveApproved(tx, campaign, applied.program, by, await now(tx));
    return { ...approved, approvedBy: by, unchanged: false };
  });
}

/** What is said where somebody wants to launch what nobody has approved. */
export function notApproved(campaign: string, { appliedBy }: { appliedBy: string | null }) {
  const approve = `rekindle campaign approve ${campaign}`;
  return refuse(
    campaign,
    {
      en: `not approved yet; it was applied by ${appliedBy ?? "somebody"}, and somebody else must approve it`,
      "zh-CN": `尚未批准；该活动由 ${appliedBy ?? "某人"} 应用，须由另一人批准`,
    },
    { en: approve, "zh-CN": approve },
  );
}
