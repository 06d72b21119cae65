import type { Command } from "commander";
import type { Text } from "../../campaign/program.ts";
import { type BudgetView, showBudget } from "../../operate/run/budget-list.ts";
import { formatFor } from "../../report/show/format.ts";
import { listTable } from "../list-table.ts";
import { withServices } from "../services.ts";

const HEAD: Text[] = [
  { en: "line", "zh-CN": "科目" },
  { en: "planned", "zh-CN": "预算" },
  { en: "booked by the campaign", "zh-CN": "活动自动入账" },
  { en: "recorded by hand", "zh-CN": "手工登记" },
  { en: "left", "zh-CN": "剩余" },
];
const NOTHING: Text = { en: "the campaign has no budget", "zh-CN": "该活动没有预算" };

export function register(parent: Command): void {
  parent
    .command("list")
    .description("lines of a run's budget: planned, spent, left")
    .argument("<run>", "run (winback-30-1), or a campaign for its latest run")
    .option("--json", "as JSON, with what was recorded by hand; money in minor units")
    .action((run: string, { json }: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const budget = await showBudget(db, run);
        console.log(json ? JSON.stringify(budget, null, 2) : table(budget, config.locale));
      }),
    );
}

function table({ currency, lines }: BudgetView, locale: keyof Text): string {
  if (lines.length === 0) return NOTHING[locale];
  const { money } = formatFor(locale, currency, "UTC");
  const rows = lines.map(({ line, planned, committed, recorded, left }) => [
    line,
    ...[planned, committed, recorded, left].map((minor) => money(minor)),
  ]);
  return listTable(HEAD, rows, locale);
}
