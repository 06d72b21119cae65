import { z } from "zod";
import { clockTime, complain, span } from "../leaf.ts";
import { dayOffset } from "../offset.ts";

const LONGEST_CATCH_UP = 30;

const catchUp = span
  .check((context) => {
    const { days, minutes } = context.value;
    if (minutes === 0 && days <= LONGEST_CATCH_UP) return;
    complain(context, context.value, {
      message: {
        en: `is counted in whole days, ${LONGEST_CATCH_UP} at most`,
        "zh-CN": `须为整天，最多 ${LONGEST_CATCH_UP} 天`,
      },
      hint: {
        en: "P1D also brings those whose day was yesterday; left out, a day ends at midnight",
        "zh-CN": "P1D 也会补上昨天的；不写则以当天午夜为止",
      },
    });
  })
  .meta({
    description: "days that nothing ran on are made up for until so many whole days later; not at all when left out",
  });

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
    catchUp: catchUp.optional(),
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
