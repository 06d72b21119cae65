import { z } from "zod";
import { type Duration, RSVP_OUTCOMES } from "../../program.ts";
import { count, id, span } from "../leaf.ts";
import type { Names } from "../names.ts";
import { channelsOf } from "./send.ts";

export interface RsvpDefinition<Steps> {
  id: string;
  rsvp: {
    template: string;
    channel: string[];
    topic?: string;
    validFor?: Duration;
    within: Duration;
    seats?: number;
    answers: { id: (typeof RSVP_OUTCOMES)[number]; then?: Steps }[];
    timeout?: Steps;
  };
}

export function rsvpDefinition<Steps>(names: Names, steps: z.ZodType<Steps>) {
  return z
    .strictObject({
      id,
      rsvp: z.strictObject({
        template: names.template,
        channel: channelsOf(names).default(["email"]),
        topic: names.topic.optional(),
        validFor: span.optional(),
        within: span.meta({ description: "how long an answer is waited for" }),
        seats: count.optional().meta({ description: "how many can come; who says yes later is on the waiting list" }),
        answers: z
          .array(z.strictObject({ id: z.enum(RSVP_OUTCOMES), then: steps.optional() }))
          .max(RSVP_OUTCOMES.length)
          .default([])
          .meta({ description: "what each answer leads to; waiting-list: no seat came free until the end" }),
        timeout: steps.optional().meta({ description: "when no answer came in time" }),
      }),
    })
    .meta({ description: "invites, and goes on with the answer" });
}
