import type { DataStatus } from "../../operate/data-status.ts";
import type { Duplicate } from "../../store/contact.ts";
import type { Maintenance } from "../../store/maintenance.ts";

const KINDS = { email: "邮箱", phone: "电话", wecom: "企业微信", name: "姓名" };

/** One line a figure; days are those of `timeZone`. */
export function statusText(status: DataStatus, locale: "en" | "zh-CN", timeZone = "UTC"): string {
  const zh = locale === "zh-CN";
  const number = (value: number) => value.toLocaleString("en");
  const days = new Intl.DateTimeFormat("sv", { timeZone, dateStyle: "short" });
  const day = (time: Date) => days.format(time);
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
          : "") +
        (status.lastEventAt
          ? zh
            ? `（最近 ${day(status.lastEventAt)}）`
            : ` (latest ${day(status.lastEventAt)})`
          : ""),
    ],
    ["open complaints", "未解决投诉", number(status.openComplaints)],
    ["no e-mail, phone or WeCom", "没有邮箱、电话或企业微信", number(status.unreachable)],
    ...status.missing.map(({ kind, customers }): [string, string, string] => [
      `no ${kind}`,
      `没有${KINDS[kind]}`,
      number(customers),
    ]),
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
    ...(status.merged > 0
      ? ([["merged into others", "已并入其他客户", number(status.merged)]] as [string, string, string][])
      : []),
    ...status.sources.map(({ source, updatedAt, ageDays }): [string, string, string] => [
      `${source} updated`,
      `${source} 更新于`,
      zh ? `${day(updatedAt)}（${ageDays.toFixed(1)} 天前）` : `${day(updatedAt)} (${ageDays.toFixed(1)} days ago)`,
    ]),
    [
      "last scored",
      "最近评分",
      status.scoredAt ? day(status.scoredAt) : zh ? "从未（rekindle score）" : "never (rekindle score)",
    ],
    ...status.missedLaunches.map(({ campaign, times, latest }): [string, string, string] => [
      `launches missed: ${campaign}`,
      `错过的启动：${campaign}`,
      zh ? `${times} 次（最近 ${day(latest)}）` : `${times} (latest ${day(latest)})`,
    ]),
    ...status.missedDays.map(({ run, days, customers, latest }): [string, string, string] => [
      `days missed: ${run}`,
      `错过的日期：${run}`,
      zh
        ? `${days} 天，涉及 ${customers} 位客户（最近 ${latest}）`
        : `${days}, of ${customers} customers (latest ${latest})`,
    ]),
    ...status.maintenance.map((each): [string, string, string] => [
      { score: "scores, by schedule", segments: "segments, by schedule" }[each.what],
      { score: "定时评分", segments: "定时查看分群" }[each.what],
      upkeep(each, zh),
    ]),
  ];
  return lines.map(([en, chinese, value]) => `${zh ? chinese : en}: ${value}`).join("\n");
}

/** "30 2 * * * (Asia/Shanghai); last 2026-04-01T18:30Z: done, buyers=800; next 2026-04-02T18:30Z" */
function upkeep({ cron, timezone, beganAt, endedAt, outcome, note, nextAt }: Maintenance, zh: boolean): string {
  const time = (at: Date) => `${at.toISOString().slice(0, 16)}Z`;
  const went = outcome === null ? (zh ? "进行中" : "running") : OUTCOMES[outcome][zh ? 1 : 0];
  const said =
    note === "rules" ? (zh ? "规则有误，请查看 rekindle validate" : "rules have faults: rekindle validate") : note;
  const parts = [
    cron === null ? (zh ? "关闭" : "off") : `${cron} (${timezone})`,
    beganAt && `${zh ? "上次" : "last"} ${time(endedAt ?? beganAt)}: ${[went, said].filter(Boolean).join(", ")}`,
    cron !== null && nextAt && `${zh ? "下次" : "next"} ${time(nextAt)}`,
  ];
  return parts.filter(Boolean).join("; ");
}

const OUTCOMES = { done: ["done", "完成"], failed: ["failed", "失败"] } as const;

/** A line for each group: "email: C001 C007", and what to do. */
export function duplicatesText(duplicates: Duplicate[], locale: "en" | "zh-CN"): string {
  const zh = locale === "zh-CN";
  const [first] = duplicates;
  if (!first) return zh ? "没有共用地址的客户" : "nobody shares an address";
  const lines = duplicates.map(({ kind, customers }) => `${zh ? KINDS[kind] : kind}: ${customers.join(" ")}`);
  const hint = `rekindle customer merge ${first.customers.join(" ")}`;
  return [...lines, zh ? `确为同一人时可合并：${hint}` : `when they are one person: ${hint}`].join("\n");
}
