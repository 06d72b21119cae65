import { z } from "zod";
import { complain, eventType, id, span } from "../leaf.ts";
import type { Names } from "../names.ts";
import type { AwaitedEvent, Duration, Rule } from "../../program.ts";

export interface WaitForDefinition<Steps> {
  id: string;
  waitFor: {
    event?: string;
    where?: Rule;
    any?: (AwaitedEvent & { id?: string; then?: Steps })[];
    all?: AwaitedEvent[];
    if?: Rule;
    since: string;
    within: Duration;
    then?: Steps;
    timeout?: Steps;
  };
}

const MOST_EVENTS = 10;
const FORMS = ["event", "any", "all", "if"] as const;

export function waitForDefinition<Steps>(names: Names, steps: z.ZodType<Steps>) {
  const where = names.rule("event and steps", "boolean").optional();
  const alternative = z.strictObject({
    id: id.optional().meta({ description: "what reports call it; the event's type when left out" }),
    event: eventType,
    where,
    then: steps.optional().meta({ description: "when it was this one; else the wait's own then" }),
  });
  return z
    .strictObject({
      id,
      waitFor: z
        .strictObject({
          event: eventType.optional(),
          where,
          any: z
            .array(alternative)
            .min(2)
            .max(MOST_EVENTS)
            .optional()
            .meta({ description: "the first of several events" }),
          all: z
            .array(z.strictObject({ event: eventType, where }))
            .min(2)
            .max(MOST_EVENTS)
            .optional()
            .meta({ description: "each of several events, in any order" }),
          if: names.rule("steps", "boolean").optional().meta({ description: "a condition, until it holds" }),
          since: names.since.default("step").meta({
            description: "how far back an event counts: step (now), enrolment, or the id of an earlier step",
          }),
          within: span,
          then: steps.optional().meta({ description: "when it happened" }),
          timeout: steps.optional().meta({ description: "when it did not happen in time" }),
        })
        .check((context) => {
          const { value } = context;
          const said = FORMS.filter((form) => value[form] !== undefined);
          if (said.length !== 1 && context.issues.length === 0) {
            const message =
              said.length === 0
                ? { en: "waits for nothing", "zh-CN": "没有写明等待什么" }
                : { en: `says several things: ${said.join(", ")}`, "zh-CN": `同时写了 ${said.join("、")}` };
            const hint = { en: 'one of "event", "any", "all", "if"', "zh-CN": '"event"、"any"、"all"、"if" 选一个' };
            complain(context, value, { message, hint });
          }
          if (value.where !== undefined && value.event === undefined) {
            const message = { en: '"where" belongs to an "event"', "zh-CN": '"where" 须与 "event" 同时给出' };
            complain(context, value.where, { message }, ["where"]);
          }
          if (value.if !== undefined && value.since !== "step") {
            const message = { en: "a condition has no past", "zh-CN": "条件不追溯过去" };
            complain(context, value.since, { message }, ["since"]);
          }
        }),
    })
    .meta({ description: "waits for events of the customer, or until a condition holds" });
}
