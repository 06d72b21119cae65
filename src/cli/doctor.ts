import type { Command } from "commander";
import type { Config } from "../config.ts";
import type { Unheard } from "../operate/subscription.ts";

export function register(parent: Command): void {
  parent
    .command("doctor")
    .description("say what is there, what is missing, and how to mend it")
    .option("--json", "print findings as JSON")
    .action(async ({ json }: { json?: boolean }) => {
      const { readConfig } = await import("../config.ts");
      const { inspect } = await import("../local/inspect.ts");
      const config = readConfig(process.env);
      const parts = await inspect(config);
      const findings = [...parts, ...(await lookInside(config))];
      if (json) console.log(JSON.stringify(findings, undefined, 2));
      else {
        for (const { what, ok, detail, hint } of findings) {
          console.log(
            `${ok ? "✓" : "✗"} ${what}: ${detail[config.locale]}${hint ? `\n    ${hint[config.locale]}` : ""}`,
          );
        }
      }
      // others who do not listen keep nothing here from running
      if (parts.some(({ ok }) => !ok)) process.exitCode = 3;
    });
}

/** What a database that answers holds of trouble; one that is not there, or not migrated, was spoken of already. */
async function lookInside(config: Config): Promise<Unheard[]> {
  if (config.databaseUrl === undefined) return [];
  const { openDatabase } = await import("../store/database.ts");
  const { troubledSubscriptions } = await import("../operate/subscription.ts");
  const db = openDatabase({ url: config.databaseUrl, schema: config.schema, max: 1 });
  try {
    return await troubledSubscriptions(db);
  } catch {
    return [];
  } finally {
    await db.destroy();
  }
}
