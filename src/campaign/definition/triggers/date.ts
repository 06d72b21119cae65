import { z } from "zod";
import { clockTime, complain } from "../leaf.ts";
import { dayOffset } from "../offset.ts";

const DAYS = { solar: [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], lunar: Array<number>(12).fill(30) };

export const dateTrigger = z
  .strictObject({
    trait: z.string().min(1).optional().meta({ description: "a date trait: every year on its day" }),
    month: z
      .number()
      .int()
      .min(1)
      .max(12)
      .optional()
      .meta({ description: "of a festival, the same day for everybody" }),
    day: z.number().int().min(1).max(31).optional(),
    lunar: z.boolean().default(false).meta({ description: "by the lunar calendar" }),
    offset: dayOffset.default(0),
    at: clockTime.meta({ description: "the customer's local time" }),
  })
  .check((context) => {
    const { trait, month, day, lunar } = context.value;
    if ((trait !== undefined) === (month !== undefined || day !== undefined)) {
      complain(context, context.value, {
        message: {
          en: trait === undefined ? "says no day" : "says two days",
          "zh-CN": trait === undefined ? "没有写明日期" : "写了两种日期",
        },
        hint: {
          en: 'either "trait", or "month" and "day"',
          "zh-CN": '请写 "trait"，或写 "month" 与 "day"',
        },
      });
    } else if (trait === undefined) {
      const last = DAYS[lunar ? "lunar" : "solar"][(month ?? 0) - 1];
      if (day !== undefined && last !== undefined && day <= last) return;
      complain(context, day, { message: { en: "there is no such day", "zh-CN": "没有这一天" } }, [
        month === undefined ? "month" : "day",
      ]);
    }
  });
