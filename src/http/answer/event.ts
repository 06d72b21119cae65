import { z } from "zod";
import { time } from "../schema.ts";

export const cloudEvent = z
  .looseObject({
    specversion: z.literal("1.0"),
    id: z.string().max(256),
    source: z.string().max(256),
    type: z.string().max(256),
    subject: z.string().max(256).meta({ description: "customer_id" }),
    time: time.optional(),
    data: z.looseObject({}).optional(),
  })
  .meta({ id: "CloudEvent" });

export const reaction = z.looseObject({}).nullable().meta({ description: "what it did: docs/events.md" });

/** An event as it is stored, and what it did. */
export const shownEvent = cloudEvent.extend({ received: time, reacted: time.nullable(), reaction });

const look = { says: z.string(), asOf: time.optional().meta({ description: "not kept then: looked up as of now" }) };

/** The same with why it did that, and no more. */
export const lookedEvent = shownEvent.extend({
  says: z.array(z.string()).meta({ description: "what it did, in sentences" }),
  customer: z.object({ id: z.string().nullable(), created: z.boolean() }),
  segments: z.object({ entered: z.array(z.string()), left: z.array(z.string()) }),
  triggers: z.array(
    z.object({
      campaign: z.string(),
      run: z.string().nullable(),
      result: z.string(),
      enrolment: z.number().int().optional(),
      ...look,
    }),
  ),
  waits: z.array(
    z.object({
      enrolment: z.number().int(),
      run: z.string(),
      step: z.string(),
      kind: z.string(),
      result: z.string(),
      ...look,
    }),
  ),
});
