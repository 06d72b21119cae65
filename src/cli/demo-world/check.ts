import type { Command } from "commander";
import { checkRun, type Check, type ReportFigures } from "../../demo/check.ts";
import { allMessageIds } from "../../demo/world/mailbox.ts";
import { loadReport, type Report } from "../../report/load.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("check")
    .argument("<run>")
    .description("count a finished run's figures again, straight from tables and inbox")
    .option("--json", "as JSON")
    .action((run: string, { json }: { json?: boolean }) =>
      withServices(["inbox"], async ({ config, db }) => {
        const report = await loadReport(db, run);
        const checks = await checkRun(db, run, figuresOf(report), await allMessageIds(config.inboxUrl!));
        if (json) console.log(JSON.stringify(checks, null, 2));
        else for (const check of checks) console.log(line(check));
        if (checks.some((check) => !check.ok)) process.exitCode = 1;
      }),
    );
}

function figuresOf({ arms, daily, messages, surveys, targets }: Report): ReportFigures {
  return {
    enrolled: arms.treatment.enrolled,
    holdout: arms.holdout.enrolled,
    participants: targets.find((target) => target.metric === "participation_rate")?.numerator ?? 0,
    converted: arms.treatment.converted ?? 0,
    accepted: messages.byChannel.filter((row) => row.status === "accepted").reduce((sum, row) => sum + row.messages, 0),
    checkIns: daily.reduce((sum, day) => sum + day.checkIns, 0),
    answered: surveys.reduce((sum, survey) => sum + survey.answered, 0),
  };
}

function line({ ok, name, detail }: Check): string {
  return `${ok ? "✓" : "✗"} ${name}: ${detail}`;
}
