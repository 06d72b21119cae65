import type { Command } from "commander";
import { sendable } from "../../channel/configured.ts";
import { compileFrom } from "../../operate/campaign/apply.ts";
import { parseAsOf } from "../../operate/as-of.ts";
import { planCampaign } from "../../operate/campaign/plan.ts";
import { showPlan } from "../../operate/campaign/plan-show.ts";
import { faultLine } from "../failure.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("plan")
    .argument("<id>")
    .description("say what a campaign would do: whom it would reach, when, with what, at what cost")
    .option("--launch <time>", "as if launched then; now by default")
    .option("--json", "print the plan as JSON")
    .action((id: string, { launch, json }: { launch?: string; json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const { program, library, warnings } = await compileFrom(config.rules, id);
        for (const fault of warnings) console.error(faultLine(fault));
        const start = launch === undefined ? undefined : parseAsOf(launch, program.timezone, "--launch");
        const plan = await planCampaign(db, program, sendable(config), start, library.lists);
        console.log(json ? JSON.stringify(plan, undefined, 2) : showPlan(plan, config.locale));
      }),
    );
}
