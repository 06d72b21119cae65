import { z } from "zod";
import { complain, count, duration, id, span } from "./leaf.ts";
import type { Names } from "./names.ts";

const onConflict = z
  .enum(["skip", "queue"])
  .default("skip")
  .check((context) => {
    if (context.value === "skip") return;
    complain(context, context.value, {
      message: { en: '"queue" is not supported yet', "zh-CN": '暂不支持 "queue"' },
      hint: { en: 'write "skip"', "zh-CN": '请写 "skip"' },
    });
  })
  .meta({ description: "skip: who is taken by another campaign is left out" });

export function audienceDefinition(names: Names) {
  return z
    .strictObject({
      segment: names.segment,
      limit: count.optional().meta({ description: "how many are enrolled at most, the holdout included" }),
      orderBy: z
        .tuple([names.rule("customer", "number"), z.enum(["asc", "desc"])])
        .optional()
        .meta({ description: "who comes first where there is a limit" }),
      holdout: z.number().min(0).max(0.9).default(0).meta({ description: "share that is only measured: 0.1" }),
      reentry: span
        .optional()
        .meta({ description: "how long after entering a customer may enter again; never when left out" }),
      exclusive: z
        .strictObject({ group: id, restAfter: duration, onConflict })
        .optional()
        .meta({ description: "at most one campaign of the group at a time" }),
      maxDataAge: span.optional().meta({ description: "does not launch on data older than this" }),
    })
    .meta({ description: "who takes part" });
}
