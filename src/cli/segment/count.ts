import type { Command } from "commander";
import { parseAsOf } from "../../operate/as-of.ts";
import { readLibrary } from "../../operate/rules/library.ts";
import { countSegment } from "../../operate/segment/segment.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("count")
    .description("how many customers are in a segment")
    .argument("<segment>", "id of the segment")
    .option("--as-of <time>", "as things were then; a day means its end")
    .option("--json", "print it as JSON")
    .action(async (id: string, options: { asOf?: string; json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const { library } = await readLibrary(config.rules);
        const asOf = options.asOf === undefined ? undefined : parseAsOf(options.asOf, library.home.timezone);
        const counted = await countSegment(db, library, id, asOf);
        const [members, customers] = [counted.members.toLocaleString("en"), counted.customers.toLocaleString("en")];
        const name = counted.name[config.locale];
        const text =
          config.locale === "zh-CN"
            ? `${name}：${customers} 位客户中有 ${members} 位`
            : `${name}: ${members} of ${customers} customers`;
        console.log(options.json ? JSON.stringify(counted, null, 2) : text);
      }),
    );
}
