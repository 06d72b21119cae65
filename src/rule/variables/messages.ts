import type { Aggregate, Type } from "../ast.ts";
import type { Text } from "../text.ts";
import { splitWindow } from "../window.ts";
import type { Declared, Family } from "./described.ts";
import { within } from "./orders.ts";

/** Over promotions and services of any campaign and channel, once they were accepted for delivery. */
const AGGREGATES: Partial<Record<Aggregate, { type: Type; label: Text }>> = {
  count: { type: "number", label: { en: "number of messages sent", "zh-CN": "已发消息数" } },
  days: { type: "number", label: { en: "days with messages sent", "zh-CN": "发过消息的天数" } },
  first: { type: "date", label: { en: "day of the first message sent", "zh-CN": "首次发消息日期" } },
  last: { type: "date", label: { en: "day of the last message sent", "zh-CN": "最近发消息日期" } },
};
const PREFIX = "messages.";
const SINCE = "days_since.last_message";
const SINCE_LABEL = { en: "days since the last message sent", "zh-CN": "距最近一次发消息的天数" };

export const messages: Family = {
  find(name): Declared | undefined {
    if (name === SINCE) {
      return { name, type: "number", source: { from: "messages", aggregate: "since_last" }, label: SINCE_LABEL };
    }
    const split = name.startsWith(PREFIX) ? splitWindow(name.slice(PREFIX.length)) : undefined;
    if (!split || !Object.hasOwn(AGGREGATES, split.word)) return undefined;
    const aggregate = split.word as Aggregate;
    const { type, label } = AGGREGATES[aggregate]!;
    const source = { from: "messages" as const, aggregate, ...split.window };
    return { name, type, source, label: within(label, split.window) };
  },
  names: (window) => [
    SINCE,
    ...Object.keys(AGGREGATES).flatMap((word) => [`${PREFIX}${word}_${window}`, `${PREFIX}${word}`]),
  ],
  described: [
    ...Object.entries(AGGREGATES).map(([word, { type, label }]) => ({
      name: `${PREFIX}${word}_<window>`,
      type,
      label,
      source: "messages",
    })),
    {
      name: SINCE,
      type: "number",
      label: SINCE_LABEL,
      unit: { en: "calendar days", "zh-CN": "自然日" },
      source: "messages",
    },
  ],
};
