import { join } from "node:path";
import type { Command } from "commander";
import { readConfig } from "../../config.ts";
import { writeSchemas } from "../../operate/rules/schemas.ts";

export function register(parent: Command): void {
  parent
    .command("schema")
    .description("write the JSON Schemas that editors complete and check rules with")
    .option("--json", "print the names of the files that changed as JSON")
    .action(async ({ json }: { json?: boolean }) => {
      const { rules, locale } = readConfig(process.env);
      const folder = join(rules, "schema");
      const files = await writeSchemas(folder);
      if (json) console.log(JSON.stringify({ folder, files }));
      else
        console.log(
          { en: `${files.length} file(s) changed in ${folder}`, "zh-CN": `${folder} 中更新了 ${files.length} 个文件` }[
            locale
          ],
        );
    });
}
