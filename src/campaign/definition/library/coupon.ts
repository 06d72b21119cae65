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
      line: id.optional().meta({ description: "budget line that carries its cost" }),
      cost: money(digits).optional().meta({ description: "of one redemption; amountOff by default" }),
      bookAt: z.enum(["issue", "redemption"]).optional().meta({
        description: "issue (default) sets the cost aside for each code that is out; redemption books what was used",
      }),
      limit: count.meta({ description: "how many codes there may be in all" }),
    })
    .check((context) => {
      const { percentOff, amountOff, line, cost, bookAt } = context.value;
      if ((percentOff === undefined) === (amountOff === undefined)) {
        complain(context, context.value, {
          message: { en: 'give either "percentOff" or "amountOff"', "zh-CN": '"percentOff" 与 "amountOff" 须二选一' },
        });
      }
      if (line !== undefined && percentOff !== undefined && cost === undefined) {
        complain(context, context.value, {
          message: {
            en: 'say with "cost" what one redemption comes to on the budget line',
            "zh-CN": '须用 "cost" 说明每次核销计入预算科目的金额',
          },
        });
      }
      if (line === undefined && (cost !== undefined || bookAt !== undefined)) {
        complain(context, context.value, {
          message: {
            en: 'names no budget "line" to book its cost on',
            "zh-CN": '未指明成本计入哪个预算科目（"line"）',
          },
        });
      }
    })
    .meta({ title: "Rekindle coupon pool" });
}
