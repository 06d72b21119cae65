import type { Command } from "commander";
import type { Config } from "../../config.ts";
import { parseAsOf } from "../../operate/as-of.ts";
import { readLibrary } from "../../operate/rules/library.ts";
import { type Explanation, explainMember } from "../../operate/segment/segment.ts";
import { sentences } from "../../rule/explain.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("explain")
    .description("why a customer is in a segment, or why not")
    .argument("<segment>", "id of the segment")
    .requiredOption("--customer <customer>", "customer id")
    .option("--as-of <time>", "as things were then; a day means its end")
    .option("--json", "print it as JSON")
    .action(async (id: string, options: { customer: string; asOf?: string; json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const { library } = await readLibrary(config.rules);
        const asOf = options.asOf === undefined ? undefined : parseAsOf(options.asOf, library.home.timezone);
        const explanation = await explainMember(db, library, id, options.customer, asOf);
        console.log(options.json ? JSON.stringify(explanation, null, 2) : text(explanation, config.locale));
      }),
    );
}

function text({ customer, name, member, rule, obstacles, flip }: Explanation, locale: Config["locale"]): string {
  const zh = locale === "zh-CN";
  const verdict = zh
    ? `${customer} ${member ? "属于" : "不属于"}「${name["zh-CN"]}」`
    : `${customer} is ${member ? "" : "not "}in "${name.en}"`;
  const why = obstacles.flatMap((one) => sentences(one, locale).slice(0, 1)).map((line) => line.slice(2));
  const because = why.length === 0 ? [] : [`${zh ? "原因" : "because of"}: ${why.join("; ")}`];
  const otherwise = flip ? [flip.words[locale]] : [];
  return [verdict, ...because, ...otherwise, "", ...sentences(rule, locale)].join("\n");
}
