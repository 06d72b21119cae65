import type { Text } from "../text.ts";
import type { Aggregate, Period, Type, Window } from "../ast.ts";
import { splitWindow } from "../window.ts";
import type { Declared, Family } from "./described.ts";

interface Kind {
  type: Type;
  label: Text;
}

/** Over paid orders, each at its amount less what was refunded. */
const AGGREGATES: Partial<Record<Aggregate, Kind>> = {
  count: { type: "number", label: { en: "number of orders", "zh-CN": "订单数" } },
  sum: { type: "money", label: { en: "total spent", "zh-CN": "消费总额" } },
  avg: { type: "money", label: { en: "average order amount", "zh-CN": "平均订单金额" } },
  min: { type: "money", label: { en: "smallest order amount", "zh-CN": "最小订单金额" } },
  max: { type: "money", label: { en: "largest order amount", "zh-CN": "最大订单金额" } },
  first: { type: "date", label: { en: "day of the first order", "zh-CN": "首次下单日期" } },
  last: { type: "date", label: { en: "day of the last order", "zh-CN": "最近下单日期" } },
};
const SINCE: Record<string, { aggregate: Aggregate; label: Text }> = {
  "days_since.last_order": {
    aggregate: "since_last",
    label: { en: "days since the last order", "zh-CN": "距最近一次下单的天数" },
  },
  "days_since.first_order": {
    aggregate: "since_first",
    label: { en: "days since the first order", "zh-CN": "距首次下单的天数" },
  },
};
const PREFIX = "orders.";

export const orders: Family = {
  find(name): Declared | undefined {
    const since = Object.hasOwn(SINCE, name) ? SINCE[name] : undefined;
    if (since) {
      return { name, type: "number", source: { from: "orders", aggregate: since.aggregate }, label: since.label };
    }
    const split = name.startsWith(PREFIX) ? splitWindow(name.slice(PREFIX.length)) : undefined;
    if (!split || !Object.hasOwn(AGGREGATES, split.word)) return undefined;
    const aggregate = split.word as Aggregate;
    const kind = AGGREGATES[aggregate]!;
    return {
      name,
      type: kind.type,
      source: { from: "orders", aggregate, ...split.window },
      label: within(kind.label, split.window),
    };
  },
  names: (window) => [
    ...Object.keys(SINCE),
    ...Object.keys(AGGREGATES).flatMap((word) => [`${PREFIX}${word}_${window}`, `${PREFIX}${word}`]),
  ],
  described: [
    ...Object.entries(AGGREGATES).map(([word, kind]) => ({
      name: `${PREFIX}${word}_<window>`,
      type: kind.type,
      label: kind.label,
      source: "orders",
    })),
    ...Object.entries(SINCE).map(([name, { label }]) => ({
      name,
      type: "number" as const,
      label,
      unit: { en: "calendar days", "zh-CN": "自然日" },
      source: "orders",
    })),
  ],
};

/** "number of orders in the last 30 days", "… last month" */
export function within(label: Text, { days, period }: Window): Text {
  if (period) {
    const [which, unit] = period.split("_") as [string, string];
    return { en: `${label.en} ${which} ${unit}`, "zh-CN": PERIODS[period] + apart(label["zh-CN"]) };
  }
  if (days === undefined) return label;
  return { en: `${label.en} in the last ${days} days`, "zh-CN": `近 ${days} 天${apart(label["zh-CN"])}` };
}

/** Names in Latin letters stand apart from Chinese. */
function apart(label: string): string {
  return /^[a-z]/i.test(label) ? ` ${label}` : label;
}

export const PERIODS: Record<Period, string> = {
  this_week: "本周",
  last_week: "上周",
  this_month: "本月",
  last_month: "上月",
  this_quarter: "本季度",
  last_quarter: "上季度",
  this_year: "今年",
  last_year: "去年",
};
