import { z } from "zod";
import { text } from "../leaf.ts";

/** rules/lead-score.json */
export const leadScoreDefinition = z
  .strictObject({
    $schema: z.string().optional(),
    points: z
      .array(
        z.strictObject({
          name: text,
          points: z.number().min(-1000).max(1000).meta({ description: "added when the rule holds" }),
          when: z.json().meta({ description: "rule" }),
        }),
      )
      .min(1)
      .max(50),
  })
  .meta({ title: "Rekindle lead score" });
