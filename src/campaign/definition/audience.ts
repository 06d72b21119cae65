import { z } from "zod";
import { count, duration, id, span } from "./leaf.ts";
import type { Names } from "./names.ts";

const MOST_EXCLUDED = 20;

/** Whoever has waited longer than this for another campaign to end has been forgotten. */
const QUEUE_FOR = "P30D";
const HIGHEST_PRIORITY = 1000;

const exclusive = z
  .strictObject({
    group: id,
    restAfter: duration,
    onConflict: z
      .enum(["skip", "queue"])
      .default("skip")
      .meta({ description: "who is taken by another campaign is left out, or enters when that is over" }),
    queueFor: span.prefault(QUEUE_FOR).meta({ description: "how long somebody may wait to enter" }),
    priority: z
      .number()
      .int()
      .min(-HIGHEST_PRIORITY)
      .max(HIGHEST_PRIORITY)
      .default(0)
      .meta({ description: "of campaigns that wait for the same customer the highest enters first" }),
  })
  .meta({ description: "at most one campaign of the group at a time" });

export function audienceDefinition(names: Names) {
  return z
    .strictObject({
      segment: names.segment.optional(),
      list: names.list.optional().meta({ description: "only who is named in this file of rules/lists" }),
      exclude: z
        .array(z.union([z.strictObject({ segment: names.segment }), z.strictObject({ list: names.list })]))
        .max(MOST_EXCLUDED)
        .default([])
        .meta({ description: "but not who is in one of these segments or lists" }),
      limit: count.optional().meta({ description: "how many are enrolled at most, the holdout included" }),
      orderBy: z
        .tuple([names.rule("customer", "number"), z.enum(["asc", "desc"])])
        .optional()
        .meta({ description: "who comes first where there is a limit" }),
      holdout: z.number().min(0).max(0.9).default(0).meta({ description: "share that is only measured: 0.1" }),
      reentry: span
        .optional()
        .meta({ description: "how long after entering a customer may enter again; never when left out" }),
      exclusive: exclusive.optional(),
      exitWhen: names
        .rule("customer", "boolean")
        .optional()
        .meta({ description: "ends whoever meets it: asked on the customer's events and every night" }),
      entryCap: z
        .strictObject({ max: count, per: z.literal("day") })
        .optional()
        .meta({ description: "how many enter in one day of the campaign's zone; the others wait" }),
      concurrent: count
        .optional()
        .meta({ description: "how many are in the campaign at the same time, the holdout aside; the others wait" }),
      maxDataAge: span.optional().meta({ description: "does not launch on data older than this" }),
    })
    .meta({ description: "who takes part" });
}
