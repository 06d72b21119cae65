import { z } from "zod";
import type { Duration, Rule } from "../../program.ts";
import { type Complaint, clockTime, complain, id, type Reader, span, unknownName } from "../leaf.ts";
import type { Names } from "../names.ts";
import { dayOffset } from "../offset.ts";
import { weekday, WEEKDAYS } from "../weekday.ts";

export interface WaitDefinition {
  id: string;
  wait: { for: Duration } | { until: Until };
}
export type Until =
  | { phase: string }
  | { at: number }
  | { weekdays: number[]; from?: number; to?: number }
  | { date: { day: Rule; name: string; lunar: boolean; yearly: boolean; offset: number; at: number } };

export function waitDefinition(names: Names): z.ZodType<WaitDefinition> {
  const until = z.union([
    z.strictObject({ phase: names.phase }).meta({ description: "until the phase begins and its gates are open" }),
    z.strictObject({ at: clockTime }).meta({ description: "until the customer's local clock next shows this time" }),
    windowDefinition,
    z.strictObject({ date: dateDefinition(names) }).meta({ description: "until a date of the customer's" }),
  ]);
  return z
    .strictObject({
      id,
      wait: z.union([
        z.strictObject({ for: span }).meta({ description: "so many calendar days, hours, minutes" }),
        z.strictObject({ until }),
      ]),
    })
    .meta({ description: "waits" });
}

const windowDefinition = z
  .strictObject({
    weekdays: z
      .array(weekday)
      .min(1)
      .transform((days) => [...new Set(days.map((day) => WEEKDAYS.indexOf(day)))].toSorted((a, b) => a - b)),
    from: clockTime.optional().meta({ description: "00:00 when left out" }),
    to: clockTime.optional().meta({ description: "the day's end when left out" }),
  })
  .meta({ description: "until the next such weekday, between these local times; goes on at once inside of it" })
  .check((context) => {
    const { from, to } = context.value;
    if (from !== undefined && to !== undefined && to <= from) complain(context, to, EMPTY, ["to"]);
  });

const EMPTY: Complaint = { message: { en: 'must be later in the day than "from"', "zh-CN": '须晚于 "from"' } };

/** A date trait, or any rule that yields a date: its yearly return, or that one day. */
function dateDefinition(names: Names) {
  return z
    .strictObject({
      trait: dateTrait(names).optional(),
      of: names.rule("steps", ["date"]).optional().meta({ description: "a rule that yields a date" }),
      lunar: z.boolean().default(false).meta({ description: "returns by the lunar calendar" }),
      yearly: z.boolean().default(true).meta({ description: "its next return; false: that very day" }),
      offset: dayOffset.default(0),
      at: clockTime.meta({ description: "the customer's local time" }),
    })
    .transform(({ trait, of, ...rest }, context) => {
      if ((trait === undefined) === (of === undefined)) {
        complain(context, rest, {
          message: { en: 'give either "trait" or "of"', "zh-CN": '"trait" 与 "of" 须二选一' },
        });
        return z.NEVER;
      }
      if (!rest.yearly && rest.lunar) {
        complain(
          context,
          rest.lunar,
          { message: { en: "one day does not return by any calendar", "zh-CN": "单独一天没有农历循环" } },
          ["lunar"],
        );
      }
      const source = { from: "trait", trait: trait!, exponent: 0 } as const;
      const day: Rule = of ?? { op: "var", name: `customer.traits.${trait}`, type: "date", source };
      return { ...rest, day, name: trait ?? "rule" };
    });
}

function dateTrait({ traits }: Names): Reader<string> {
  const dates = Object.keys(traits).filter((name) => traits[name] === "date");
  return z
    .string()
    .meta({ description: "a date trait of rules/traits.json" })
    .check((context) => {
      if (dates.includes(context.value)) return;
      const what = { en: "date trait", "zh-CN": "日期特征" };
      complain(context, context.value, unknownName(what, context.value, dates));
    });
}
