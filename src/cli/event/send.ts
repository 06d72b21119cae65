import { randomUUID } from "node:crypto";
import type { Command } from "commander";
import type { Text } from "../../campaign/program.ts";
import { refuse } from "../../fault.ts";
import type { Reaction } from "../../intake/reaction.ts";
import { loadHome } from "../../operate/rules/home.ts";
import { reactionWords } from "../../operate/event/words.ts";
import { type NamedEvent, sendEvent, tryEvent } from "./transport.ts";
import { withServices } from "../services.ts";

interface Options {
  type: string;
  customer: string;
  data?: string;
  time?: string;
  id?: string;
  source: string;
  dryRun?: boolean;
  json?: boolean;
}

const DRY: Record<"accepted" | "duplicate", Text> = {
  accepted: { en: "nothing was stored; it would do this", "zh-CN": "未保存；若发送，结果如下" },
  duplicate: { en: "is here already; it has done this", "zh-CN": "此事件已存在；其结果如下" },
};

export function register(parent: Command): void {
  parent
    .command("send")
    .description(
      "send one event: to the server when REKINDLE_KEY is set and it answers, else straight into the database",
    )
    .requiredOption("--type <type>", "order.paid, check_in, … (docs/events.md)")
    .requiredOption("--customer <id>", "customer_id")
    .option("--data <json>", "what the event says, as a JSON object")
    .option("--time <time>", "when it occurred, RFC 3339; now when left out")
    .option("--id <id>", "unique within the source; sending it again changes nothing")
    .option("--source <source>", "who says so", "/cli")
    .option("--dry-run", "only say what it would do; nothing is stored")
    .option("--json", "as JSON")
    .action((options: Options) =>
      withServices(["redis"], async ({ config, db }) => {
        const home = await loadHome(config.rules);
        if (options.dryRun) {
          const tried = await tryEvent(db, config, home, eventOf(options));
          if (options.json) return console.log(JSON.stringify(tried));
          console.log(`${tried.source} ${tried.id}: ${DRY[tried.status][config.locale]}`);
          for (const text of reactionWords(tried.reaction ?? {})) console.log(`- ${text[config.locale]}`);
          return undefined;
        }
        const sent = await sendEvent(db, config, home, eventOf(options), process.env.REKINDLE_KEY || undefined);
        if (options.json) return console.log(JSON.stringify(sent));
        const zh = config.locale === "zh-CN";
        const status = {
          accepted: zh ? "已接收" : "accepted",
          duplicate: zh ? "重复，未改变任何内容" : "a duplicate; nothing changed",
        };
        console.log(`${sent.source} ${sent.id}: ${status[sent.status]}`);
        if (sent.reaction === null) console.log(zh ? "尚未处理；serve 运行后会处理" : "not reacted to yet; serve will");
        else for (const text of reactionWords(sent.reaction as Reaction)) console.log(`- ${text[config.locale]}`);
        return undefined;
      }),
    );
}

function eventOf({ type, customer, data, time, id, source }: Options): NamedEvent {
  return {
    id: id ?? randomUUID(),
    source,
    type,
    subject: customer,
    ...(time !== undefined && { time }),
    ...(data !== undefined && { data: json(data) }),
  };
}

function json(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw refuse(
      "--data",
      { en: "is not JSON", "zh-CN": "不是合法的 JSON" },
      { en: `'{"amount": 129.5}'`, "zh-CN": `如 '{"amount": 129.5}'` },
    );
  }
}
