import type { Command } from "commander";
import type { DataStatus } from "../operate/data-status.ts";
import { withServices } from "./services.ts";

export function register(parent: Command): void {
  parent
    .command("data")
    .description("what data there is")
    .command("status")
    .description("how much there is, how old it is, and what is missing in it")
    .option("--json", "print it as JSON")
    .action(({ json }: { json?: boolean }) =>
      withServices([], async ({ config, db }) => {
        const { dataStatus } = await import("../operate/data-status.ts");
        const status = await dataStatus(db);
        console.log(json ? JSON.stringify(status) : text(status, config.locale));
      }),
    );
}

const KINDS = { email: "邮箱", phone: "电话", wecom: "企业微信", name: "姓名" };

function text(status: DataStatus, locale: "en" | "zh-CN"): string {
  const zh = locale === "zh-CN";
  const number = (value: number) => value.toLocaleString("en");
  const day = (time: Date) => time.toISOString().slice(0, 10);
  const lines: [string, string, string][] = [
    ["customers", "客户", number(status.customers)],
    [
      "orders",
      "订单",
      number(status.orders) +
        (status.lastOrderAt
          ? zh
            ? `（最近 ${day(status.lastOrderAt)}）`
            : ` (latest ${day(status.lastOrderAt)})`
          : ""),
    ],
    ["order items", "订单商品行", number(status.orderItems)],
    [
      "events",
      "事件",
      number(status.events) +
        (status.unreacted > 0
          ? zh
            ? `（${number(status.unreacted)} 条待处理）`
            : ` (${number(status.unreacted)} not yet reacted to)`
          : ""),
    ],
    ["open complaints", "未解决投诉", number(status.openComplaints)],
    ["no e-mail, phone or WeCom", "没有邮箱、电话或企业微信", number(status.unreachable)],
    ["no consent on any channel", "没有任何渠道的营销许可", number(status.withoutConsent)],
    ...status.consents.map(({ channel, customers }): [string, string, string] => [
      `consent: ${channel}`,
      `营销许可：${channel}`,
      number(customers),
    ]),
    ["suppressed addresses", "停发地址", number(status.suppressed)],
    ...status.duplicates.map(({ kind, addresses, customers }): [string, string, string] => [
      `same ${kind}`,
      `相同${KINDS[kind]}`,
      zh
        ? `${number(customers)} 位客户共用 ${number(addresses)} 个`
        : `${number(customers)} customers share ${number(addresses)}`,
    ]),
    ...status.sources.map(({ source, updatedAt, ageDays }): [string, string, string] => [
      `${source} imported`,
      `${source} 导入于`,
      zh ? `${day(updatedAt)}（${ageDays.toFixed(1)} 天前）` : `${day(updatedAt)} (${ageDays.toFixed(1)} days ago)`,
    ]),
  ];
  return lines.map(([en, chinese, value]) => `${zh ? chinese : en}: ${value}`).join("\n");
}
