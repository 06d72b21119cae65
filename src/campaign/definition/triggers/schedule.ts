import { z } from "zod";
import { cron } from "../cron.ts";
import { clockTime, complain, span, timezone } from "../leaf.ts";
import { weekday, WEEKDAYS } from "../weekday.ts";

export const schedule = z
  .strictObject({
    cron: cron.optional(),
    at: clockTime
      .optional()
      .meta({ description: "instead of cron: the time of day; every day when nothing else is said" }),
    weekday: z
      .union([weekday, z.array(weekday).min(1)])
      .optional()
      .meta({ description: "with `at`: on these days of the week" }),
    day: z.number().int().min(1).max(31).optional().meta({ description: "with `at`: on this day of the month" }),
    month: z.number().int().min(1).max(12).optional().meta({ description: "with `day`: in this month only" }),
    timezone: timezone.optional().meta({ description: "IANA zone of these times; the campaign's by default" }),
    overlap: z.enum(["skip", "queue", "parallel"]).default("skip").meta({
      description: "while the run before is under way: leave this one out, start it when that one is over, or start it",
    }),
    catchUp: span
      .default({ days: 0, minutes: 60 })
      .meta({ description: "how late a launch may be made up for after a standstill; PT1H by default" }),
  })
  .check((context) => {
    const { cron: line, at, weekday: weekdays, day, month } = context.value;
    const [, , monthday, , dayOfWeek] = line?.trim().split(/\s+/) ?? [];
    if (monthday && dayOfWeek && !monthday.startsWith("*") && !dayOfWeek.startsWith("*")) {
      // other programs read such a line as "either", Temporal as "both"
      const message = {
        en: "both a day of the month and a day of the week: that is read in two ways",
        "zh-CN": "同时写了日和星期：不同系统对此理解不同",
      };
      const hint = { en: "write * for one of them", "zh-CN": "请将其中一个写成 *" };
      complain(context, line, { message, hint }, ["cron"]);
    }
    const say = (en: string, zh: string, path: string[] = []) =>
      complain(context, context.value, { message: { en, "zh-CN": zh } }, path);
    if (line === undefined && at === undefined) say('"cron" or "at" is missing', '缺少 "cron" 或 "at"');
    else if (line !== undefined && [at, weekdays, day, month].some((part) => part !== undefined))
      say(
        'either "cron", or "at" with "weekday", "day", "month"',
        '请只写 "cron"，或只写 "at" 及 "weekday"、"day"、"month"',
      );
    else if (weekdays !== undefined && day !== undefined)
      say("either a day of the month or days of the week", "日与星期只能写一种", ["weekday"]);
    else if (month !== undefined && day === undefined) say("a month needs a day", "写 month 时须同时写 day", ["month"]);
    else if (day !== undefined && day > longest(month)) say("there is no such day", "没有这一天", ["day"]);
  })
  .transform(({ cron: line, at, weekday: weekdays, day, month, ...rest }) => ({
    ...rest,
    cron: line ?? cronOf(at ?? 0, [weekdays ?? []].flat(), day, month),
  }));

function longest(month: number | undefined): number {
  return month === undefined ? 31 : [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!;
}

function cronOf(at: number, weekdays: (typeof WEEKDAYS)[number][], day?: number, month?: number): string {
  const days = weekdays.map((name) => (WEEKDAYS.indexOf(name) + 1) % 7).toSorted((a, b) => a - b);
  return [at % 60, Math.floor(at / 60), day ?? "*", month ?? "*", days.length > 0 ? days.join(",") : "*"].join(" ");
}
