import { z } from "zod";
import { complain, count, id, money, span, text } from "../leaf.ts";

const PREFIX = /^[A-Z]{1,6}$/;

/** rules/coupons/ID.json */
export function couponDefinition(digits: number) {
  return z
    .strictObject({
      $schema: z.string().optional(),
      id,
      name: text,
      percentOff: z.number().gt(0).max(100).optional().meta({ description: "20 takes a fifth off" }),
      amountOff: money(digits).optional(),
      minimum: money(digits).default(0).meta({ description: "least order amount" }),
      validFor: span.meta({ description: "how long a code may be redeemed" }),
      prefix: z.string().regex(PREFIX).meta({ description: "codes begin with it: WB-7K2M-9XQ4" }),
      limit: count.meta({ description: "how many codes there may be in all" }),
    })
    .check((context) => {
      if ((context.value.percentOff === undefined) !== (context.value.amountOff === undefined)) return;
      complain(context, context.value, {
        message: { en: 'give either "percentOff" or "amountOff"', "zh-CN": '"percentOff" 与 "amountOff" 须二选一' },
      });
    })
    .meta({ title: "Rekindle coupon pool" });
}
