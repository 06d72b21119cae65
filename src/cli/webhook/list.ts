import { type Command, InvalidArgumentError, Option } from "commander";
import type { Text } from "../../campaign/program.ts";
import type { Config } from "../../config.ts";
import { CALL_STATUSES, type CallStatus, type CallView, pageOfCalls } from "../../operate/webhook-call.ts";
import { findRun } from "../../report/find-run.ts";
import { listTable } from "../list-table.ts";
import { withServices } from "../services.ts";

const HEAD: Text[] = [
  { en: "call", "zh-CN": "调用" },
  { en: "customer", "zh-CN": "客户" },
  { en: "webhook", "zh-CN": "Webhook" },
  { en: "status", "zh-CN": "状态" },
  { en: "why", "zh-CN": "原因" },
  { en: "HTTP", "zh-CN": "HTTP" },
  { en: "tries", "zh-CN": "次数" },
  { en: "decided (UTC)", "zh-CN": "决定时间 (UTC)" },
];
const STATUS: Record<CallStatus, Text> = {
  pending: { en: "pending", "zh-CN": "待调用" },
  claimed: { en: "claimed", "zh-CN": "已领取" },
  accepted: { en: "accepted", "zh-CN": "已接受" },
  failed: { en: "failed", "zh-CN": "失败" },
  withheld: { en: "withheld", "zh-CN": "已取消" },
};
const NOTHING: Text = { en: "no such calls", "zh-CN": "没有符合条件的调用" };

export function register(parent: Command): void {
  parent
    .command("list")
    .argument("[run]", "a run, or a campaign for its latest; all when left out")
    .description("calls of other systems by webhook steps and what became of them, the latest first")
    .addOption(new Option("--status <status>", "only these").choices(CALL_STATUSES))
    .option("--limit <count>", "at most so many", count, 100)
    .option("--json", "as JSON")
    .action(
      (name: string | undefined, { status, limit, json }: { status?: CallStatus; limit: number; json?: boolean }) =>
        withServices([], async ({ config, db }) => {
          const run = name === undefined ? null : await findRun(db, name);
          const { items } = await pageOfCalls(db, { run, status: status ?? null }, { limit });
          console.log(json ? JSON.stringify(items, null, 2) : table(items, config.locale));
        }),
    );
}

function count(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError("a positive number is wanted");
  return Number(text);
}

function table(calls: CallView[], locale: Config["locale"]): string {
  if (calls.length === 0) return NOTHING[locale];
  const rows = calls.map(({ id, customerId, hook, status, reason, httpStatus, attempts, created }) => {
    const decided = created.toISOString().slice(0, 16).replace("T", " ");
    return [id, customerId, hook, STATUS[status][locale], reason ?? "", httpStatus ?? "", attempts, decided];
  });
  return listTable(HEAD, rows, locale);
}
