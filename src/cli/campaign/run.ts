import type { Command } from "commander";
import { type Launched, launch } from "../../operate/run/launch.ts";
import { reachOf } from "../../operate/campaign/reach.ts";
import { assignments } from "../assignment.ts";
import { withServices } from "../services.ts";
import { whole } from "../whole.ts";

export function register(parent: Command): void {
  parent
    .command("run")
    .argument("<id>")
    .description("launch an applied campaign: enrol its audience and start")
    .option("--limit <n>", "enrol at most so many customers", whole(1))
    .option("--yes", "confirm a launch that can reach real people")
    .option("--accept-stale", "launch although data is older than the campaign's maxDataAge (recorded)")
    .option("--set <name=value>", "a parameter of the campaign; may be given several times", assignments)
    .option("--json", "print the run as JSON")
    .action((id: string, options: Options) =>
      withServices([], async ({ config, db }) => {
        const launched = await launch(db, {
          campaign: id,
          ...(options.limit !== undefined && { limit: options.limit }),
          reach: reachOf(config),
          confirmed: options.yes ?? false,
          acceptStale: options.acceptStale ?? false,
          set: options.set ?? {},
        });
        if (options.json) console.log(JSON.stringify(launched));
        else console.log(told(launched)[config.locale]);
      }),
    );
}

interface Options {
  limit?: number;
  yes?: boolean;
  acceptStale?: boolean;
  set?: Record<string, string>;
  json?: boolean;
}

function told({ run, treatment, holdout, cohorts, waiting, standing }: Launched) {
  if (standing) {
    return {
      en: `run ${run} is active: customers join as its trigger brings them, while serve and worker run (rekindle up). Look: rekindle campaign status ${run}`,
      "zh-CN": `运行 ${run} 已生效：客户将按触发条件陆续加入，需有 serve 和 worker 在运行（rekindle up）。查看：rekindle campaign status ${run}`,
    };
  }
  const line =
    waiting > 0 ? { en: `, ${waiting} in line to enter later`, "zh-CN": `，${waiting} 人排队稍后进入` } : undefined;
  return {
    en: `run ${run}: ${treatment} enrolled in ${cohorts} cohort(s), ${holdout} held out${line?.en ?? ""}. It moves while a worker runs (rekindle up). Look: rekindle campaign status ${run}`,
    "zh-CN": `运行 ${run}：${treatment} 人进入活动（${cohorts} 个批次），${holdout} 人为对照组${line?.["zh-CN"] ?? ""}。需有 worker 在运行（rekindle up）。查看：rekindle campaign status ${run}`,
  };
}
