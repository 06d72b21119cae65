import type { Command } from "commander";
import type { Config } from "../../config.ts";
import { loadHome } from "../../operate/rules/home.ts";
import { parseSince } from "../../operate/event/since.ts";
import { type Followed, tailEvents } from "../../operate/event/tail.ts";
import { reactionWords } from "../../operate/event/words.ts";
import { now } from "../../store/clock.ts";
import { withServices } from "../services.ts";
import { untilSignal, untilUnread } from "../signal.ts";

interface Options {
  type?: string;
  customer?: string;
  source?: string;
  since?: string;
  json?: boolean;
}

export function register(parent: Command): void {
  parent
    .command("tail")
    .description("events as they are received, with what they did, until stopped")
    .option("--type <type>", "only of this type")
    .option("--customer <customer_id>", "only of this customer")
    .option("--source <source>", "only from this source")
    .option("--since <time>", "from this time on, or for so long back: 10m, 2h, 1d; from now when left out")
    .option("--json", "each as a line of JSON")
    .action(({ since, json = false, ...filter }: Options) =>
      withServices([], async ({ config, db }) => {
        const { timezone } = await loadHome(config.rules);
        const from = since === undefined ? undefined : parseSince(since, await now(db), timezone);
        let over = false;
        const stopped = Promise.race([untilSignal(), untilUnread()]).then(() => (over = true));
        for await (const line of tailEvents(db, filter, { since: from, isOver: () => over })) {
          if (line) console.log(json ? JSON.stringify(line.event) : text(line, timezone, config.locale));
        }
        await stopped;
      }),
    );
}

function text({ event }: Followed, timeZone: string, locale: Config["locale"]): string {
  const at = new Intl.DateTimeFormat("sv", { timeZone, timeStyle: "medium" }).format(event.received);
  const did =
    event.reacted === null ? [{ en: "not reacted to yet", "zh-CN": "尚未处理" }] : reactionWords(event.reaction ?? {});
  const said = did.map((one) => one[locale]).join(locale === "en" ? "; " : "；");
  return `${at} ${event.type} ${event.subject} ${event.source} ${event.id}: ${said}`;
}
