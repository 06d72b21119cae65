import type { Command } from "commander";
import type { Text } from "../../campaign/program.ts";
import type { Config } from "../../config.ts";
import { type ComplaintView, listComplaints } from "../../operate/task/complaint.ts";
import { loadHome } from "../../operate/rules/home.ts";
import { listTable, shortTime } from "../list-table.ts";
import { withServices } from "../services.ts";

const HEAD: Text[] = [
  { en: "complaint", "zh-CN": "投诉" },
  { en: "customer", "zh-CN": "客户" },
  { en: "severity", "zh-CN": "严重程度" },
  { en: "opened", "zh-CN": "提出时间" },
  { en: "status", "zh-CN": "状态" },
  { en: "note", "zh-CN": "备注" },
];
const SEVERITY: Record<ComplaintView["severity"], Text> = {
  low: { en: "low", "zh-CN": "低" },
  medium: { en: "medium", "zh-CN": "中" },
  high: { en: "high", "zh-CN": "高" },
};
const STATUS: Record<ComplaintView["status"], Text> = {
  open: { en: "open", "zh-CN": "未解决" },
  solved: { en: "solved", "zh-CN": "已解决" },
};
const NOTHING: Text = { en: "no complaint is open", "zh-CN": "没有未解决的投诉" };
const NEVER: Text = { en: "no complaint is known", "zh-CN": "没有投诉记录" };

export function register(parent: Command): void {
  parent
    .command("list")
    .description("open complaints, the longest waiting first; while one is open its customer gets no promotions")
    .option("--customer <customer_id>", "only this customer's")
    .option("--all", "also solved ones")
    .option("--json", "as JSON")
    .action(({ json, ...filter }: { customer?: string; all?: boolean; json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const complaints = await listComplaints(db, filter);
        if (json) console.log(JSON.stringify(complaints, null, 2));
        else if (complaints.length === 0) console.log((filter.all ? NEVER : NOTHING)[config.locale]);
        else console.log(table(complaints, config.locale, (await loadHome(config.rules)).timezone));
      }),
    );
}

/** Times are the home's. */
function table(complaints: ComplaintView[], locale: Config["locale"], timeZone: string): string {
  const rows = complaints.map(({ id, customerId, severity, opened, status, note }) => {
    const at = shortTime(opened, timeZone, locale);
    return [id, customerId, SEVERITY[severity][locale], at, STATUS[status][locale], note ?? ""];
  });
  return listTable(HEAD, rows, locale);
}
