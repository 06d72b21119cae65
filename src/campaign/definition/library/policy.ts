import { z } from "zod";
import { DAY } from "../../calendar.ts";
import type { Policy, SendKind, Text } from "../../program.ts";
import type { OwnPolicy } from "../../tighten.ts";
import { CHANNELS } from "../names.ts";
import { clockTime, complain, id, money, text } from "../leaf.ts";

const MOST_DAYS = 366;
/** In the order of the week, as policies number them. */
const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

const quietHours = z
  .strictObject({
    from: clockTime,
    to: clockTime,
    onConflict: z.enum(["defer", "skip"]).default("defer"),
  })
  .check((context) => {
    if (context.value.from !== context.value.to) return;
    complain(context, context.value, {
      message: { en: "quiet hours cover nothing, or the whole day", "zh-CN": "免打扰时段为空或为全天" },
    });
  });

const promotionWindow = z
  .strictObject({
    weekdays: z
      .array(z.enum(WEEKDAYS))
      .min(1)
      .default([...WEEKDAYS]),
    from: clockTime.optional().meta({ description: "00:00 when left out" }),
    to: clockTime.optional().meta({ description: "the day's end when left out" }),
    onConflict: z.enum(["defer", "skip"]).default("defer"),
  })
  .check((context) => {
    const { from = 0, to = DAY } = context.value;
    if (from < to) return;
    complain(context, context.value, {
      message: { en: '"from" must be before "to", on the same day', "zh-CN": '"from" 须早于同一天的 "to"' },
      hint: { en: 'hours over midnight are "quietHours"', "zh-CN": '跨午夜的时段请用 "quietHours"' },
    });
  });

const cap = z.strictObject({
  channel: z.enum(CHANNELS).optional().meta({ description: "of this channel; of all when left out" }),
  kind: z
    .enum(["promotion", "service", "transactional"])
    .optional()
    .meta({ description: "of this kind; of all when left out" }),
  tag: id.optional().meta({ description: "of those that carry this tag; of all when left out" }),
  max: z.number().int().min(0).max(1000),
  days: z.number().int().min(1).max(MOST_DAYS).meta({ description: "in so many calendar days of the customer" }),
});

const contact = {
  quietHours: quietHours.optional().meta({ description: "customer-local hours in which messages wait" }),
  promotionWindow: promotionWindow
    .optional()
    .meta({ description: "promotions leave only then, on the customer's clock" }),
  caps: z.array(cap).max(20).default([]).meta({ description: "most messages to one customer, over all campaigns" }),
};

/** The part of a policy that a campaign may tighten. */
export const contactDefinition = z.strictObject({ ...contact, problemFirst: z.boolean().optional() });

/** rules/policy.json; `digits`: decimals of the home's currency */
export function policyDefinition(digits = 2) {
  return z
    .strictObject({
      $schema: z.string().optional(),
      ...contact,
      problemFirst: z.boolean().default(true).meta({ description: "no promotion while a complaint is open" }),
      channelCosts: z
        .partialRecord(z.enum(CHANNELS), money(digits))
        .optional()
        .meta({ description: "what one message costs; a campaign's budget line that names the channel pays it" }),
      topics: z.record(id, text).default({}).meta({ description: "what customers can refuse separately" }),
    })
    .meta({ title: "Rekindle policy" });
}

/** As programs hold it. */
export function policyOf(read: z.infer<ReturnType<typeof policyDefinition>>): {
  policy: Policy;
  topics: Record<string, Text>;
} {
  const { topics, problemFirst, channelCosts, ...rest } = read;
  return {
    policy: {
      ...contactOf(rest),
      problemFirst,
      ...(channelCosts && { channelCosts: channelCosts as Record<string, number> }),
    },
    topics,
  };
}

export function contactOf(read: z.infer<typeof contactDefinition>): OwnPolicy & Pick<Policy, "caps"> {
  const { promotionWindow: window } = read;
  return {
    ...(read.quietHours && { quietHours: read.quietHours }),
    ...(window && {
      promotionWindow: {
        weekdays: [...new Set(window.weekdays)].map((name) => WEEKDAYS.indexOf(name)).sort((a, b) => a - b),
        from: window.from ?? 0,
        to: window.to ?? DAY,
        onConflict: window.onConflict,
      },
    }),
    caps: read.caps.map(({ channel, kind, tag, max, days }): Policy["caps"][number] => ({
      ...(channel && { channel }),
      ...(kind && { sendKind: kind satisfies SendKind }),
      ...(tag !== undefined && { tag }),
      max,
      days,
    })),
    ...(read.problemFirst !== undefined && { problemFirst: read.problemFirst }),
  };
}
