import { z } from "zod";
import { complain, count, id } from "./leaf.ts";
import type { Names } from "./names.ts";

const MOST_PHASES = 20;
const MOST_ROWS = 200;

export const phases = z
  .array(z.strictObject({ id, days: count.max(3660) }))
  .max(MOST_PHASES)
  .default([])
  .meta({ description: "the campaign's calendar, one phase after the other from the day of launch" });

export function planDefinition(names: Names) {
  const reached = z
    .strictObject({ metric: names.metric, atLeast: z.number().optional(), atMost: z.number().optional() })
    .check((context) => {
      if ((context.value.atLeast === undefined) !== (context.value.atMost === undefined)) return;
      complain(context, context.value, {
        message: { en: 'give either "atLeast" or "atMost"', "zh-CN": '"atLeast" 与 "atMost" 须二选一' },
      });
    });
  const day = z.number().int().min(0);
  return z
    .array(
      z.strictObject({
        id,
        phase: names.phase,
        title: z.string().min(1),
        owner: names.team,
        from: day.meta({ description: "first day within the phase, from 0" }),
        to: day.meta({ description: "last day within the phase" }),
        after: z.array(names.planRow).default([]),
        doneWhen: z
          .union([z.string(), reached])
          .optional()
          .meta({ description: "what makes it done: in words, or a metric that closes it of itself" }),
        resources: z.array(z.string()).default([]),
        gate: z.boolean().default(false).meta({ description: "the next phase does not begin before this is done" }),
      }),
    )
    .max(MOST_ROWS)
    .default([])
    .meta({ description: "work of the teams around the campaign" });
}
