import type { Command } from "commander";
import { type Migrated, migrateRun } from "../../operate/run/migrate.ts";
import { parseRenames } from "../../operate/run/migrate-check.ts";
import { findRun } from "../../report/find-run.ts";
import { openTemporal } from "../../temporal/client.ts";
import { withServices } from "../services.ts";

interface Options {
  to: string;
  map?: string[];
  preview?: boolean;
  json?: boolean;
}

export function register(parent: Command): void {
  parent
    .command("migrate")
    .argument("<run>", "run (winback-30-1), or a campaign for its latest run")
    .description("take those under way over to an edited campaign, each at the place where they stand")
    .requiredOption("--to <program>", 'program of the same campaign (its hash, or the beginning of it), or "latest"')
    .option("--map <old=new...>", "a step that is called otherwise in the new program")
    .option("--preview", "only say who stands where, and where that is in the new program")
    .option("--json", "as JSON")
    .action((name: string, options: Options) =>
      withServices(options.preview ? [] : ["temporal"], async ({ config, db }) => {
        const temporal = options.preview ? undefined : await openTemporal(config);
        try {
          const run = await findRun(db, name);
          const renames = parseRenames(options.map ?? []);
          const preview = options.preview ?? false;
          const migrated = await migrateRun(db, temporal, config.schema, { run, to: options.to, renames, preview });
          console.log(options.json ? JSON.stringify(migrated) : told(migrated, config.locale));
        } finally {
          await temporal?.close();
        }
      }),
    );
}

function told({ run, was, became, preview, members, places }: Migrated, locale: "en" | "zh-CN"): string {
  const [old, other] = [was.slice(0, 12), became.slice(0, 12)];
  const head = {
    en: preview
      ? `${run}: ${members} members would go over from ${old} to ${other}`
      : `${run}: ${members} members went over from ${old} to ${other}`,
    "zh-CN": preview
      ? `${run}：${members} 位成员将从程序 ${old} 转到 ${other}`
      : `${run}：${members} 位成员已从程序 ${old} 转到 ${other}`,
  }[locale];
  const nowhere = { en: "(nowhere: say --map)", "zh-CN": "（无处可去：请用 --map 指明）" }[locale];
  return [head, ...places.map((place) => `  ${place.members}\t${place.from} → ${place.to ?? nowhere}`)].join("\n");
}
