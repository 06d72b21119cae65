import Table from "cli-table3";
import type { Command } from "commander";
import type { Config } from "../../config.ts";
import { refuse } from "../../fault.ts";
import { parseAsOf } from "../../operate/as-of.ts";
import { readLibrary } from "../../operate/rules/library.ts";
import { membersThen } from "../../operate/segment/diff.ts";
import { segmentMembers } from "../../operate/segment/segment.ts";
import type { Stay } from "../../store/membership.ts";
import { withServices } from "../services.ts";

interface Options {
  limit: string;
  after?: string;
  asOf?: string;
  found?: string;
  json?: boolean;
}

export function register(parent: Command): void {
  parent
    .command("members")
    .description("who is in a segment, with the values that put them there")
    .argument("<segment>", "id of the segment")
    .option("--limit <n>", "how many", "50")
    .option("--after <customer>", "go on after this customer id")
    .option("--as-of <time>", "as things were then; a day means its end")
    .option("--found <time>", "as was found then and kept, rather than worked out now from what is known of then")
    .option("--json", "print them as JSON")
    .action(async (id: string, options: Options) =>
      withServices([], async ({ config, db }) => {
        const { library } = await readLibrary(config.rules);
        const asOf = options.asOf === undefined ? undefined : parseAsOf(options.asOf, library.home.timezone);
        const { timezone } = library.home;
        const page = { limit: parseLimit(options.limit), ...(options.after !== undefined && { after: options.after }) };
        if (options.found !== undefined) {
          const stays = await membersThen(db, id, parseAsOf(options.found, timezone), page);
          console.log(options.json ? JSON.stringify(stays, null, 2) : staysText(stays, config.locale));
          more(stays, page.limit, config.locale);
          return;
        }
        const members = await segmentMembers(db, library, id, page, asOf);
        if (options.json) {
          console.log(JSON.stringify(members, null, 2));
          return;
        }
        const { locale } = config;
        const names = members[0]?.found.map(({ label }) => label[locale]) ?? [];
        const table = new Table({
          head: [locale === "zh-CN" ? "客户" : "customer", ...names],
          style: { head: [], border: [], compact: true },
        });
        for (const { customer, found } of members) table.push([customer, ...found.map(({ shown }) => shown[locale])]);
        console.log(members.length > 0 ? table.toString() : locale === "zh-CN" ? "没有符合的客户" : "nobody");
        more(members, page.limit, locale);
      }),
    );
}

function staysText(stays: Stay[], locale: Config["locale"]): string {
  if (stays.length === 0) return locale === "zh-CN" ? "没有客户" : "nobody";
  const time = (at: Date) => `${at.toISOString().slice(0, 16)}Z`;
  return stays
    .map(({ customer, enteredAt, leftAt }) =>
      `${customer}  ${time(enteredAt)} – ${leftAt ? time(leftAt) : ""}`.trimEnd(),
    )
    .join("\n");
}

function more(shown: { customer: string }[], limit: number, locale: Config["locale"]): void {
  const last = shown.at(-1)?.customer;
  if (shown.length < limit || last === undefined) return;
  console.error(locale === "zh-CN" ? `可能还有更多：--after ${last}` : `there may be more: --after ${last}`);
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0 && limit <= 100_000) return limit;
  throw refuse("--limit", { en: "a whole number from 1 to 100000 was expected", "zh-CN": "应为 1 至 100000 的整数" });
}
