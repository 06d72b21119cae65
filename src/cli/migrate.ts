import type { Command } from "commander";

export function register(parent: Command): void {
  parent
    .command("migrate")
    .description("bring the database's tables up to date")
    .option("--json", "print the migrations that ran as JSON")
    .action(async ({ json }: { json?: boolean }) => {
      const { readConfig } = await import("../config.ts");
      const { useParts } = await import("../local/parts.ts");
      const { migrateDatabase } = await import("../store/migrate.ts");
      const { config, release } = await useParts(readConfig(process.env), ["postgres"]);
      try {
        const ran = await migrateDatabase({ url: config.databaseUrl!, schema: config.schema });
        if (json) console.log(JSON.stringify({ schema: config.schema, ran }));
        else for (const line of describe(config.schema, ran, config.locale)) console.log(line);
      } finally {
        await release();
      }
    });
}

function describe(schema: string, ran: string[], locale: "en" | "zh-CN"): string[] {
  if (ran.length > 0) return ran.map((name) => `${schema}: ${name}`);
  return [locale === "zh-CN" ? `${schema}：已是最新` : `${schema}: already up to date`];
}
