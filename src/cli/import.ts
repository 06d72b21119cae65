import { Argument, type Command } from "commander";
import type { KindName } from "../operate/import/kind/kinds.ts";
import { withServices } from "./services.ts";

interface Options {
  map?: string[];
  rejects?: string;
  dryRun?: boolean;
  json?: boolean;
}

export function register(parent: Command): void {
  parent
    .command("import")
    .description("take in customers, orders, order items or past events from CSV, NDJSON or XLSX")
    .addArgument(
      new Argument("<what>", "what the lines are").choices([
        "customers",
        "orders",
        "order-items",
        "events",
      ] satisfies KindName[]),
    )
    .argument("<file>", "path of the file")
    .option("--map <FIELD=HEADER,…>", "name columns that were not recognised", (text, all: string[] | undefined) => [
      ...(all ?? []),
      text,
    ])
    .option("--rejects <FILE>", "where to list lines that were left out (default: FILE.rejects.csv)")
    .option("--dry-run", "do everything, store nothing")
    .option("--json", "print the outcome as JSON")
    .action((what: KindName, file: string, { map = [], rejects, dryRun = false, json }: Options) =>
      withServices([], async ({ config }) => {
        const { parseOverrides } = await import("../operate/import/headers.ts");
        const { readHome } = await import("../operate/import/home.ts");
        const { importFile } = await import("../operate/import/import.ts");
        const { factsText, progressOf, summaryText } = await import("./import-text.ts");
        const overrides = parseOverrides(map);
        const home = await readHome(config.rules);
        const database = { url: config.databaseUrl!, schema: config.schema };
        const progress = progressOf(config.locale, (facts) => factsText(facts, config.locale));
        const summary = await importFile(
          database,
          home,
          { what, file, overrides, dryRun, locale: config.locale, ...(rejects !== undefined && { rejects }) },
          progress,
        ).finally(() => progress.end());
        console.log(json ? JSON.stringify(summary) : summaryText(summary, config.locale));
      }),
    );
}
