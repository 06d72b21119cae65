import { z } from "zod";
import { cron } from "../cron.ts";
import { complain, span, text, timezone } from "../leaf.ts";

const CURRENCY = /^[A-Z]{3}$/;

const times = z.union([cron, z.literal("off")]);

/** rules/home.json */
export const homeDefinition = z
  .strictObject({
    $schema: z.string().optional(),
    timezone: timezone.meta({ description: "of customers whose own is unknown, and of times without zone" }),
    currency: z
      .string()
      .meta({ pattern: CURRENCY.source, description: "the one currency of all amounts, ISO 4217" })
      .check((context) => {
        if (CURRENCY.test(context.value)) return;
        complain(context, context.value, {
          message: { en: `"${context.value}" is no currency`, "zh-CN": `"${context.value}" 不是币种代码` },
          hint: { en: "three capital letters: CNY, EUR", "zh-CN": "三个大写字母：CNY、EUR" },
        });
      }),
    locale: z.enum(["zh-CN", "en"]).meta({ description: "of customers whose own is unknown" }),
    brand: text.meta({ description: "the name that signs messages" }),
    shop: z
      .url({ protocol: /^https?$/ })
      .optional()
      .meta({ description: "where links to the shop lead" }),
    approval: z
      .enum(["at-once", "by-another"])
      .optional()
      .meta({ description: "who lets an applied campaign be launched: applying does, or somebody else must" }),
    schedules: z
      .strictObject({
        score: times.optional().meta({ description: 'when everybody is scored; "30 2 * * *" when left out' }),
        segments: times.optional().meta({ description: 'when segments are looked at; "0 * * * *" when left out' }),
      })
      .optional()
      .meta({ description: "what the worker does by itself, at which times of the home's zone; each may be off" }),
    keep: z
      .strictObject({
        visitors: z
          .union([span, z.literal("forever")])
          .optional()
          .meta({ description: "events of visitors whom nobody has recognised since; P90D when left out" }),
      })
      .optional()
      .meta({ description: "how long what is forgotten by itself is kept" }),
  })
  .meta({ title: "Rekindle home" });
