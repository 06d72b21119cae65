import { z } from "zod";
import { id, money, text } from "../leaf.ts";

/** rules/gifts/ID.json */
export function giftDefinition(digits: number) {
  return z
    .strictObject({
      $schema: z.string().optional(),
      id,
      name: text,
      unitCost: money(digits),
      stock: z.number().int().min(0).max(1_000_000_000),
      line: id.optional().meta({ description: "budget line that carries its cost" }),
    })
    .meta({ title: "Rekindle gift" });
}
