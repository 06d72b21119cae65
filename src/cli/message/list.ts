import { type Command, InvalidArgumentError, Option } from "commander";
import type { Text } from "../../campaign/program.ts";
import type { Config } from "../../config.ts";
import { listMessages, MESSAGE_STATUSES, type MessageStatus, type MessageView } from "../../operate/message.ts";
import { findRun } from "../../report/find-run.ts";
import { listTable } from "../list-table.ts";
import { withServices } from "../services.ts";

const HEAD: Text[] = [
  { en: "message", "zh-CN": "消息" },
  { en: "customer", "zh-CN": "客户" },
  { en: "step", "zh-CN": "步骤" },
  { en: "channel", "zh-CN": "渠道" },
  { en: "status", "zh-CN": "状态" },
  { en: "why", "zh-CN": "原因" },
  { en: "tries", "zh-CN": "次数" },
  { en: "decided (UTC)", "zh-CN": "决定时间 (UTC)" },
];
const STATUS: Record<MessageStatus, Text> = {
  pending: { en: "pending", "zh-CN": "待发送" },
  claimed: { en: "claimed", "zh-CN": "已领取" },
  sending: { en: "sending", "zh-CN": "发送中" },
  accepted: { en: "accepted", "zh-CN": "已送出" },
  rejected: { en: "rejected", "zh-CN": "被拒收" },
  unknown: { en: "unknown", "zh-CN": "结果不明" },
  withheld: { en: "withheld", "zh-CN": "已取消" },
};
const NOTHING: Text = { en: "no such messages", "zh-CN": "没有符合条件的消息" };

export function register(parent: Command): void {
  parent
    .command("list")
    .argument("<run>", "a run, or a campaign for its latest")
    .description("a run's messages and what became of them, the latest first")
    .addOption(new Option("--status <status>", "only these").choices(MESSAGE_STATUSES))
    .option("--limit <count>", "at most so many", count, 100)
    .option("--json", "as JSON")
    .action((run: string, { json, ...filter }: { status?: MessageStatus; limit: number; json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const messages = await listMessages(db, await findRun(db, run), filter);
        console.log(json ? JSON.stringify(messages, null, 2) : table(messages, config.locale));
      }),
    );
}

function count(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError("a positive number is wanted");
  return Number(text);
}

function table(messages: MessageView[], locale: Config["locale"]): string {
  if (messages.length === 0) return NOTHING[locale];
  const rows = messages.map((message) => {
    const { id, customerId, step, occurrence, channel, status, reason, response, attempts, createdAt } = message;
    const passage = occurrence > 1 ? `${step} #${occurrence}` : step;
    const why = reason ?? (status === "accepted" ? "" : (response ?? ""));
    const decided = createdAt.toISOString().slice(0, 16).replace("T", " ");
    return [id, customerId, passage, channel, STATUS[status][locale], why, attempts, decided];
  });
  return listTable(HEAD, rows, locale);
}
