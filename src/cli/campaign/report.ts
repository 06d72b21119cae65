import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Command, Option } from "commander";
import { htmlReport } from "../../report/html/page.ts";
import { loadReport } from "../../report/load.ts";
import type { Language } from "../../report/show/format.ts";
import { terminalReport } from "../../report/show/terminal.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("report")
    .description("what a run achieved: targets with their verdicts, arms, budget, funnel and why things did not happen")
    .argument("<run>", "run (winback-30-1), or a campaign for its latest run")
    .option("--json", "print the report as JSON; money in minor units")
    .option("--html <file>", "also write one self-contained HTML file with charts")
    .addOption(new Option("--lang <language>", "language of terminal and HTML").choices(["en", "zh-CN"]))
    .action(async (run: string, options: { json?: boolean; html?: string; lang?: Language }) =>
      withServices([], async ({ config, db }) => {
        const report = await loadReport(db, run);
        const language = options.lang ?? config.locale;
        if (options.html !== undefined) {
          await mkdir(dirname(options.html), { recursive: true });
          await writeFile(options.html, htmlReport(report, language));
          console.error(options.html);
        }
        if (options.json) console.log(JSON.stringify(report, null, 2));
        else console.log(terminalReport(report, language, Boolean(process.stdout.isTTY) && !process.env.NO_COLOR));
      }),
    );
}
