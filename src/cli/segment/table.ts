import type { Command } from "commander";
import type { Config } from "../../config.ts";
import { InputError, refuse } from "../../fault.ts";
import { readLibrary } from "../../operate/rules/library.ts";
import { readScoring } from "../../operate/score/scoring.ts";
import { cellsOf, type Columns, headOf } from "../../operate/segment/columns.ts";
import { figuresOf, type PlanningRow, segmentTable } from "../../operate/segment/table.ts";
import { writeTable } from "../../operate/table-file.ts";
import { withServices } from "../services.ts";
import { onTerminal } from "./table-text.ts";

interface Options {
  csv?: string;
  xlsx?: string;
  limit?: string;
  names?: boolean;
  json?: boolean;
}

/** Shown on the terminal, unless --limit says otherwise; a file takes all. */
const SHOWN = 50;

export function register(parent: Command): void {
  parent
    .command("table")
    .description("to plan with: members by tier, what puts them there, what they need, how to look after them")
    .argument("<segment>", "id of the segment")
    .option("--csv <file>", "write it to a CSV file, one column a figure")
    .option("--xlsx <file>", "write it to a workbook")
    .option("--names", "with customers' names")
    .option("--limit <n>", "the first so many; all in a file, 50 otherwise")
    .option("--json", "print it as JSON")
    .action(async (id: string, options: Options) =>
      withServices([], async ({ config, db }) => {
        const { locale } = config;
        const { library } = await readLibrary(config.rules);
        const { scoring, faults } = await readScoring(config.rules, library);
        if (faults.some(({ severity }) => severity === "error")) throw new InputError(faults);
        const file = fileOf(options);
        const limit = limitOf(options.limit) ?? (file || options.json ? Number.MAX_SAFE_INTEGER : SHOWN);
        const names = options.names ?? false;
        const pages = segmentTable(db, library, scoring, id, { limit, names });
        const columns: Columns = {
          ...{ names, locale, exponent: library.catalogue.exponent },
          figures: figuresOf(library, scoring),
        };
        if (file) {
          const written = await writeTable(file.kind, file.path, headOf(columns), cells(pages, columns));
          console.error(writtenText(written, file.path, locale));
          return;
        }
        const rows: PlanningRow[] = [];
        for await (const page of pages) rows.push(...page);
        console.log(options.json ? JSON.stringify(rows, null, 2) : onTerminal(rows, columns));
        if (!options.json && rows.length === limit) {
          console.error(
            locale === "zh-CN"
              ? "可能还有更多：--limit N、--csv FILE 或 --xlsx FILE"
              : "there may be more: --limit N, --csv FILE or --xlsx FILE",
          );
        }
      }),
    );
}

async function* cells(pages: AsyncIterable<PlanningRow[]>, columns: Columns) {
  for await (const page of pages) yield page.map((row) => cellsOf(row, columns));
}

function fileOf({ csv, xlsx }: Options): { kind: "csv" | "xlsx"; path: string } | undefined {
  if (csv !== undefined && xlsx !== undefined) {
    throw refuse("--csv", { en: "either --csv or --xlsx", "zh-CN": "--csv 与 --xlsx 只能选一个" });
  }
  if (csv !== undefined) return { kind: "csv", path: csv };
  return xlsx === undefined ? undefined : { kind: "xlsx", path: xlsx };
}

function limitOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw refuse("--limit", { en: "a whole number above 0 was expected", "zh-CN": "应为大于 0 的整数" });
}

function writtenText(written: number, path: string, locale: Config["locale"]): string {
  const rows = written.toLocaleString("en");
  return locale === "zh-CN" ? `${path}：已写入 ${rows} 位客户` : `${path}: ${rows} customers`;
}
