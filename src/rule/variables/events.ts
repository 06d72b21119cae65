import type { Text } from "../text.ts";
import type { Aggregate, Type } from "../ast.ts";
import { splitWindow } from "../window.ts";
import type { Declared, Family } from "./described.ts";
import { within } from "./orders.ts";

const AGGREGATES: Partial<Record<Aggregate, { type: Type; label: (event: string) => Text }>> = {
  count: { type: "number", label: (event) => ({ en: `number of ${event}`, "zh-CN": `${event} 次数` }) },
  days: { type: "number", label: (event) => ({ en: `days with ${event}`, "zh-CN": `有 ${event} 的天数` }) },
  first: { type: "date", label: (event) => ({ en: `day of the first ${event}`, "zh-CN": `首次 ${event} 日期` }) },
  last: { type: "date", label: (event) => ({ en: `day of the last ${event}`, "zh-CN": `最近 ${event} 日期` }) },
};
const PREFIX = "events.";
const SINCE = "days_since.last_event.";
const TYPE = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/;

/** Types that Rekindle itself acts on; a home may send others. */
export const BUILT_IN_EVENTS = [
  "order.paid",
  "order.refunded",
  "order.cancelled",
  "cart.updated",
  "check_in",
  "survey.answered",
  "complaint.opened",
  "complaint.solved",
  "coupon.redeemed",
  "gift.delivered",
  "consent.changed",
  "tier.changed",
  "stage.changed",
];

export const events: Family = {
  find(name): Declared | undefined {
    if (name.startsWith(SINCE)) {
      const event = name.slice(SINCE.length);
      if (!TYPE.test(event)) return undefined;
      const label = { en: `days since the last ${event}`, "zh-CN": `距最近一次 ${event} 的天数` };
      return { name, type: "number", source: { from: "events", event, aggregate: "since_last" }, label };
    }
    const dot = name.lastIndexOf(".");
    if (!name.startsWith(PREFIX) || dot < PREFIX.length) return undefined;
    const event = name.slice(PREFIX.length, dot);
    const split = splitWindow(name.slice(dot + 1));
    if (!TYPE.test(event) || !split || !Object.hasOwn(AGGREGATES, split.word)) return undefined;
    const aggregate = split.word as Aggregate;
    const kind = AGGREGATES[aggregate]!;
    return {
      name,
      type: kind.type,
      source: { from: "events", event, aggregate, ...split.window },
      label: within(kind.label(event), split.window),
    };
  },
  names: (window) =>
    BUILT_IN_EVENTS.flatMap((event) => [
      `${SINCE}${event}`,
      ...Object.keys(AGGREGATES).flatMap((word) => [
        `${PREFIX}${event}.${word}_${window}`,
        `${PREFIX}${event}.${word}`,
      ]),
    ]),
  described: [
    ...Object.entries(AGGREGATES).map(([word, kind]) => ({
      name: `${PREFIX}<type>.${word}_<window>`,
      type: kind.type,
      label: kind.label("<type>"),
      source: "events",
    })),
    {
      name: `${SINCE}<type>`,
      type: "number",
      label: { en: "days since the last <type>", "zh-CN": "距最近一次 <type> 的天数" },
      unit: { en: "calendar days", "zh-CN": "自然日" },
      source: "events",
    },
  ],
};
