import type { Command } from "commander";
import type { Text } from "../../campaign/program.ts";
import type { Config } from "../../config.ts";
import { deadNotices, retryNotices } from "../../operate/subscription.ts";
import type { DeadNotice } from "../../store/notice.ts";
import { listTable } from "../list-table.ts";
import { withServices } from "../services.ts";

const HEAD: Text[] = [
  { en: "event", "zh-CN": "事件" },
  { en: "type", "zh-CN": "类型" },
  { en: "customer", "zh-CN": "客户" },
  { en: "happened (UTC)", "zh-CN": "发生时间 (UTC)" },
  { en: "tries", "zh-CN": "次数" },
  { en: "why", "zh-CN": "原因" },
];
const NOTHING: Text = { en: "no dead events", "zh-CN": "没有死信" };
const MOST = 1_000;

export function register(parent: Command): void {
  const dead = parent.command("dead").description("events that the other side has not taken");
  dead
    .command("list")
    .argument("<id>")
    .description("the oldest first")
    .option("--json", "as JSON")
    .action((id: string, { json }: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const rows = await deadNotices(db, id, { limit: MOST });
        console.log(json ? JSON.stringify(rows, null, 2) : table(rows, config.locale));
      }),
    );
  dead
    .command("retry")
    .argument("<id>")
    .argument("[event...]", "ids of events; all when left out")
    .description("offer them again")
    .option("--json", "as JSON")
    .action((id: string, events: string[], { json }: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const retried = await retryNotices(db, id, events.length > 0 ? events : undefined);
        if (json) return console.log(JSON.stringify({ retried }));
        console.log({ en: `${id}: ${retried} offered again`, "zh-CN": `${id}：重新通知 ${retried} 条` }[config.locale]);
      }),
    );
}

function table(dead: DeadNotice[], locale: Config["locale"]): string {
  if (dead.length === 0) return NOTHING[locale];
  const rows = dead.map(({ id, type, customerId, at, attempts, reason }) => {
    return [id, type, customerId ?? "", at.toISOString().slice(0, 16).replace("T", " "), attempts, reason ?? ""];
  });
  return listTable(HEAD, rows, locale);
}
