import { z } from "zod";
import { complain, count, duration, eventType, span } from "./leaf.ts";
import type { Names } from "./names.ts";

const MOST_TARGETS = 50;

export function goalDefinition(names: Names) {
  const target = z
    .strictObject({
      metric: names.metric,
      atLeast: z.number().optional(),
      atMost: z.number().optional(),
      basis: z.enum(["actual", "planned"]).optional().meta({ description: "of costs: what was booked, or the budget" }),
    })
    .check((context) => {
      if ((context.value.atLeast === undefined) !== (context.value.atMost === undefined)) return;
      complain(context, context.value, {
        message: { en: 'give either "atLeast" or "atMost"', "zh-CN": '"atLeast" 与 "atMost" 须二选一' },
      });
    });
  const watch = z
    .strictObject({
      metric: names.metric,
      below: z.number().optional(),
      above: z.number().optional(),
      from: z.strictObject({ phase: names.phase.optional(), after: duration }),
      task: z.strictObject({ to: names.team, due: span }),
    })
    .check((context) => {
      if ((context.value.below === undefined) !== (context.value.above === undefined)) return;
      complain(context, context.value, {
        message: { en: 'give either "below" or "above"', "zh-CN": '"below" 与 "above" 须二选一' },
      });
    });
  return z
    .strictObject({
      participation: z
        .strictObject({ event: eventType, atLeast: count.default(1) })
        .optional()
        .meta({ description: "who counts as a participant" }),
      convert: z
        .strictObject({
          event: eventType,
          where: names.rule("event and run", "boolean").optional(),
          from: z.literal("entry").default("entry"),
          within: span,
        })
        .optional()
        .meta({ description: "the event that counts as success" }),
      onConvert: z
        .union([z.enum(["exit", "continue"]), z.strictObject({ goto: names.rootStep })])
        .default("continue")
        .meta({ description: "what happens to the journey of a customer who converts" }),
      targets: z.array(target).max(MOST_TARGETS).default([]),
      watch: z.array(watch).max(MOST_TARGETS).default([]).meta({ description: "raises a task when a metric runs off" }),
    })
    .meta({ description: "what the campaign is for, and how that is judged" });
}
