import { z } from "zod";
import { id } from "../leaf.ts";
import type { Names } from "../names.ts";
import { giving } from "./give.ts";

export function giftStepDefinition(names: Names) {
  return z
    .strictObject({ id, gift: z.strictObject({ give: names.gift, ...giving }) })
    .meta({ description: "gives a gift from stock" });
}
export type GiftDefinition = z.infer<ReturnType<typeof giftStepDefinition>>;
