import { z } from "zod";
import { eventType, id, span } from "../leaf.ts";
import type { Names } from "../names.ts";
import type { Duration, Rule } from "../../program.ts";

export interface WaitForDefinition<Steps> {
  id: string;
  waitFor: {
    event: string;
    where?: Rule;
    since: "step" | "enrolment";
    within: Duration;
    then?: Steps;
    timeout?: Steps;
  };
}

export function waitForDefinition<Steps>(names: Names, steps: z.ZodType<Steps>) {
  return z
    .strictObject({
      id,
      waitFor: z.strictObject({
        event: eventType,
        where: names.rule("event and steps", "boolean").optional(),
        since: z.enum(["step", "enrolment"]).default("step").meta({ description: "how far back an event counts" }),
        within: span,
        then: steps.optional().meta({ description: "when it happened" }),
        timeout: steps.optional().meta({ description: "when it did not happen in time" }),
      }),
    })
    .meta({ description: "waits for an event of the customer" });
}
