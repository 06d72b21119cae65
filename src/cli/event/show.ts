import type { Command } from "commander";
import { refuse } from "../../fault.ts";
import { findEvent } from "../../store/event.ts";
import { withServices } from "../services.ts";

export function register(parent: Command): void {
  parent
    .command("show")
    .description("an event, and what it did")
    .argument("<source>")
    .argument("<id>")
    .option("--json", "as JSON")
    .action((source: string, id: string, options: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const event = await findEvent(db, source, id);
        if (!event) throw refuse(`${source} ${id}`, { en: "no such event", "zh-CN": "没有这个事件" });
        if (options.json) return console.log(JSON.stringify(event));
        const zh = config.locale === "zh-CN";
        const rows: [string, string][] = [
          [zh ? "类型" : "type", event.type],
          [zh ? "客户" : "customer", event.customer_id],
          [zh ? "发生" : "occurred", event.occurred_at.toISOString()],
          [zh ? "接收" : "received", event.received_at.toISOString()],
          [zh ? "处理" : "reacted", event.reacted_at?.toISOString() ?? (zh ? "尚未" : "not yet")],
          [zh ? "内容" : "data", JSON.stringify(event.data)],
          [zh ? "结果" : "reaction", JSON.stringify(event.reaction ?? {})],
        ];
        for (const [name, value] of rows) console.log(`${name}\t${value}`);
      }),
    );
}
