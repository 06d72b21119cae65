import { z } from "zod";
import { id, money } from "./leaf.ts";
import type { Names } from "./names.ts";

export function budgetDefinition(names: Names) {
  return z
    .strictObject({
      currency: names.currency,
      lines: z
        .array(
          z.strictObject({
            id,
            owner: names.team.optional().meta({ description: "the team that is told when the line is spent" }),
            channels: z
              .array(names.channel)
              .min(1)
              .optional()
              .meta({ description: "channels whose messages this line pays, at policy.json's channelCosts" }),
            items: z
              .array(
                z.strictObject({
                  what: z.string().min(1),
                  qty: z.number().int().min(0).max(1_000_000_000),
                  unitPrice: money(names.digits),
                }),
              )
              .min(1),
          }),
        )
        .min(1),
    })
    .meta({ description: "planned cost, by line" });
}
