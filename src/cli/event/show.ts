import type { Command } from "commander";
import type { Config } from "../../config.ts";
import { loadHome } from "../../operate/rules/home.ts";
import { lookAtEvent, type LookedEvent } from "../../operate/event/show.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("show")
    .description("an event: what it did, what it started or not, which waits it met or not, and why")
    .argument("<source>")
    .argument("<id>")
    .option("--json", "as JSON")
    .action((source: string, id: string, options: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const event = await lookAtEvent(db, await loadHome(config.rules), { source, id }, config.locale);
        console.log(options.json ? JSON.stringify(event, null, 2) : text(event, config.locale));
      }),
    );
}

function text(event: LookedEvent, locale: Config["locale"]): string {
  const zh = locale === "zh-CN";
  const { id } = event.customer;
  const about = id === null || id === event.subject ? event.subject : `${event.subject} → ${id}`;
  const rows: [string, string][] = [
    [zh ? "类型" : "type", event.type],
    [zh ? "客户" : "customer", about],
    [zh ? "发生" : "occurred", event.time.toISOString()],
    [zh ? "接收" : "received", event.received.toISOString()],
    [zh ? "处理" : "reacted", event.reacted?.toISOString() ?? (zh ? "尚未" : "not yet")],
    [zh ? "内容" : "data", JSON.stringify(event.data)],
  ];
  const now = ({ asOf }: { asOf?: Date }) => (asOf === undefined ? "" : zh ? "（按当前数据）" : " (as of now)");
  const triggers = event.triggers.map((look) => `- ${look.run ?? look.campaign}: ${look.says}${now(look)}`);
  const waits = event.waits.map((look) => `- ${look.run} ${look.enrolment} ${look.step}: ${look.says}${now(look)}`);
  return [
    ...rows.map(([name, value]) => `${name}\t${value}`),
    ...event.says.map((said) => `- ${said}`),
    ...(triggers.length > 0 ? [zh ? "触发的活动" : "campaigns it may start", ...triggers] : []),
    ...(waits.length > 0 ? [zh ? "客户的等待" : "waits of the customer", ...waits] : []),
  ].join("\n");
}
