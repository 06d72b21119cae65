import { z } from "zod";
import { complain, eventType, type Reader, span } from "../leaf.ts";
import type { Names } from "../names.ts";

const FIELD = /^trigger\.([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)$/;

/** "trigger.cart_id" -> "cart_id" */
const enrolBy: Reader<string> = z
  .string()
  .meta({
    pattern: FIELD.source,
    description: "field of the event that tells enrolments of one customer apart: trigger.cart_id",
    examples: ["trigger.cart_id"],
  })
  .transform((written, context): string => {
    const field = FIELD.exec(written)?.[1];
    if (field !== undefined) return field;
    complain(context, written, {
      message: { en: `"${written}" is no field of the event`, "zh-CN": `"${written}" 不是事件的字段` },
      hint: { en: 'write it as "trigger.cart_id"', "zh-CN": '请写成 "trigger.cart_id"' },
    });
    return z.NEVER;
  });

export function eventTrigger(names: Names) {
  return z.strictObject({
    type: eventType,
    where: names.rule("event", "boolean").optional().meta({ description: "only such events" }),
    settle: span
      .optional()
      .meta({ description: "enrols when so long no further such event has come: an abandoned cart, PT1H" }),
    unless: z
      .union([eventType, z.array(eventType).min(1)])
      .optional()
      .meta({ description: "events that call it off while it settles: order.paid" }),
    enrolBy: enrolBy.optional(),
  });
}
