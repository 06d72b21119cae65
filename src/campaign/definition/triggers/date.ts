import { z } from "zod";
import { clockTime, complain, type Reader } from "../leaf.ts";

const OFFSET = /^(-)?P(?:(\d{1,2})W|(\d{1,3})D)$/;
const FURTHEST = 180;

/** "-P3D" -> -3 */
const offset: Reader<number> = z
  .string()
  .meta({ pattern: OFFSET.source, description: "days from that day: -P3D is three days before", examples: ["-P3D"] })
  .transform((written, context): number => {
    const [, sign, weeks, days] = OFFSET.exec(written) ?? [];
    const number = Number(weeks ?? 0) * 7 + Number(days ?? 0);
    if ((weeks ?? days) !== undefined && number <= FURTHEST) return sign ? -number : number;
    complain(context, written, {
      message: {
        en: `"${written}" is not a number of days up to ${FURTHEST}`,
        "zh-CN": `"${written}" 不是 ${FURTHEST} 天以内的天数`,
      },
      hint: { en: "-P3D is three days before, P1D the day after", "zh-CN": "-P3D 是提前 3 天，P1D 是后一天" },
    });
    return z.NEVER;
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
    offset: offset.default(0),
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
