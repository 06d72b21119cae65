import type { Command } from "commander";
import { readConfig } from "../../config.ts";
import { readLibrary } from "../../operate/rules/library.ts";
import { listSegments } from "../../operate/segment/segment.ts";

export function register(parent: Command): void {
  parent
    .command("list")
    .description("the segments of the library and what each is good for")
    .option("--json", "print it as JSON")
    .action(async ({ json }: { json?: boolean }) => {
      const { rules, locale } = readConfig(process.env);
      const { library } = await readLibrary(rules);
      const segments = listSegments(library);
      const width = Math.max(0, ...segments.map(({ id }) => id.length));
      console.log(
        json
          ? JSON.stringify(segments, null, 2)
          : segments.map(({ id, name, why }) => `${id.padEnd(width)}  ${name[locale]}: ${why[locale]}`).join("\n"),
      );
    });
}
