import { z } from "zod";
import { id } from "../leaf.ts";
import type { Names } from "../names.ts";
import { giving } from "./give.ts";

export function couponStepDefinition(names: Names) {
  return z
    .strictObject({ id, coupon: z.strictObject({ give: names.coupon, ...giving }) })
    .meta({ description: "gives a coupon without a message; later templates show it as steps.<id>.code" });
}
export type CouponDefinition = z.infer<ReturnType<typeof couponStepDefinition>>;
