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
