import type { Command } from "commander";
import type { Text } from "../../campaign/program.ts";
import type { Config } from "../../config.ts";
import { listSubscriptions, type SubscriptionView } from "../../store/subscription.ts";
import { listTable } from "../list-table.ts";
import { withServices } from "../services.ts";

const HEAD: Text[] = [
  { en: "subscription", "zh-CN": "订阅" },
  { en: "address", "zh-CN": "地址" },
  { en: "types", "zh-CN": "类型" },
  { en: "status", "zh-CN": "状态" },
  { en: "told", "zh-CN": "已通知" },
  { en: "pending", "zh-CN": "待通知" },
  { en: "dead", "zh-CN": "死信" },
  { en: "failing since (UTC)", "zh-CN": "失败开始 (UTC)" },
  { en: "trouble", "zh-CN": "故障" },
];
const STATUS: Record<SubscriptionView["status"], Text> = {
  active: { en: "active", "zh-CN": "启用" },
  paused: { en: "paused", "zh-CN": "已暂停" },
};
const NOTHING: Text = { en: "nobody is told anything", "zh-CN": "没有订阅" };

export function register(parent: Command): void {
  parent
    .command("list")
    .description("who is told what, and how it goes with them")
    .option("--json", "as JSON")
    .action(({ json }: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const rows = await listSubscriptions(db);
        console.log(json ? JSON.stringify(rows, null, 2) : table(rows, config.locale));
      }),
    );
}

function table(subscriptions: SubscriptionView[], locale: Config["locale"]): string {
  if (subscriptions.length === 0) return NOTHING[locale];
  const rows = subscriptions.map(({ id, url, types, status, reason, told, pending, dead, failingSince, trouble }) => [
    id,
    url,
    types.join("\n"),
    STATUS[status][locale] + (reason === null ? "" : ` (${reason})`),
    told,
    pending,
    dead,
    failingSince?.toISOString().slice(0, 16).replace("T", " ") ?? "",
    trouble ?? "",
  ]);
  return listTable(HEAD, rows, locale);
}
