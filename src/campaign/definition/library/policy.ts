import { z } from "zod";
import type { Policy, SendKind, Text } from "../../program.ts";
import { CHANNELS } from "../names.ts";
import { clockTime, complain, id, money, text } from "../leaf.ts";

const MOST_DAYS = 366;

/** rules/policy.json; `digits`: decimals of the home's currency */
export function policyDefinition(digits = 2) {
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
  const cap = z.strictObject({
    channel: z.enum(CHANNELS).optional().meta({ description: "of this channel; of all when left out" }),
    kind: z
      .enum(["promotion", "service", "transactional"])
      .optional()
      .meta({ description: "of this kind; of all when left out" }),
    max: z.number().int().min(0).max(1000),
    days: z.number().int().min(1).max(MOST_DAYS).meta({ description: "in so many calendar days of the customer" }),
  });
  return z
    .strictObject({
      $schema: z.string().optional(),
      quietHours: quietHours.optional().meta({ description: "customer-local hours in which promotions wait" }),
      caps: z.array(cap).max(20).default([]).meta({ description: "most messages to one customer, over all campaigns" }),
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
  const caps = read.caps.map(({ channel, kind, max, days }): Policy["caps"][number] => ({
    ...(channel && { channel }),
    ...(kind && { sendKind: kind satisfies SendKind }),
    max,
    days,
  }));
  return {
    policy: {
      ...(read.quietHours && { quietHours: read.quietHours }),
      caps,
      problemFirst: read.problemFirst,
      ...(read.channelCosts && { channelCosts: read.channelCosts as Record<string, number> }),
    },
    topics: read.topics,
  };
}
