import type { Command } from "commander";

export function register(parent: Command): void {
  parent
    .command("doctor")
    .description("say what is there, what is missing, and how to mend it")
    .option("--json", "print findings as JSON")
    .action(async ({ json }: { json?: boolean }) => {
      const { readConfig } = await import("../config.ts");
      const { inspect } = await import("../local/inspect.ts");
      const config = readConfig(process.env);
      const findings = await inspect(config);
      if (json) console.log(JSON.stringify(findings, undefined, 2));
      else {
        for (const { what, ok, detail, hint } of findings) {
          console.log(
            `${ok ? "✓" : "✗"} ${what}: ${detail[config.locale]}${hint ? `\n    ${hint[config.locale]}` : ""}`,
          );
        }
      }
      if (findings.some(({ ok }) => !ok)) process.exitCode = 3;
    });
}
