import { Argument, type Command } from "commander";
import type { NewKind } from "../operate/campaign/new.ts";

export function register(parent: Command): void {
  parent
    .command("new")
    .addArgument(new Argument("<kind>", "what to make").choices(["campaign", "segment"]))
    .argument("<id>")
    .requiredOption("--from <id>", "the campaign or segment to copy")
    .description("start a campaign or segment as a copy of another")
    .option("--json", "print the new file's name as JSON")
    .action(async (kind: NewKind, id: string, { from, json }: { from: string; json?: boolean }) => {
      const { readConfig } = await import("../config.ts");
      const { createFrom } = await import("../operate/campaign/new.ts");
      const { rules, locale } = readConfig(process.env);
      const file = await createFrom(rules, kind, id, from);
      if (json) console.log(JSON.stringify({ file }));
      else
        console.log(
          {
            en: `${file} written; next: rekindle validate ${file}`,
            "zh-CN": `已生成 ${file}；下一步：rekindle validate ${file}`,
          }[locale],
        );
    });
}
