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
