import type { Command } from "commander";
import { recordBudget } from "../../operate/run/budget.ts";
import { formatFor } from "../../report/show/format.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("record")
    .description("book what was really spent on a line of a run's budget")
    .argument("<run>", "run (winback-30-1), or a campaign for its latest run")
    .argument("<line>", "budget line")
    .argument("<amount>", "major units: 1234.50; a negative amount corrects an earlier record")
    .option("--note <text>", "what it was for")
    .option("--json", "print the line as JSON; money in minor units")
    .action(async (run: string, line: string, amount: string, options: { note?: string; json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const recorded = await recordBudget(db, run, line, amount, options.note);
        if (options.json) {
          console.log(JSON.stringify(recorded, null, 2));
          return;
        }
        const { money } = formatFor(config.locale, recorded.currency, "UTC");
        const [amounted, actual, planned, left] = [
          recorded.amount,
          recorded.actual,
          recorded.planned,
          recorded.left,
        ].map((minor) => money(minor));
        console.log(
          config.locale === "zh-CN"
            ? `${recorded.run} ${recorded.line}：已登记 ${amounted}；实际 ${actual} / 预算 ${planned}，剩余 ${left}`
            : `${recorded.run} ${recorded.line}: recorded ${amounted}; ${actual} of ${planned} spent, ${left} left`,
        );
      }),
    );
}
