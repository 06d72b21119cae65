import { z } from "zod";
import type { Duration, Rule } from "../../program.ts";
import { complain, id, span } from "../leaf.ts";
import type { Names } from "../names.ts";

export interface WebhookDefinition<Steps> {
  id: string;
  webhook: {
    to: string;
    body: Record<string, Rule>;
    within: Duration;
    retries: number;
    then?: Steps;
    failed?: Steps;
  };
}

const FIELD = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const MOST_FIELDS = 50;
const MOST_RETRIES = 20;

export function webhookStepDefinition<Steps>(names: Names, steps: z.ZodType<Steps>) {
  const body = z.record(z.string(), names.rule("steps", "any")).check((context) => {
    const fields = Object.keys(context.value);
    if (fields.length > MOST_FIELDS) {
      const message = { en: `has more than ${MOST_FIELDS} fields`, "zh-CN": `字段超过 ${MOST_FIELDS} 个` };
      complain(context, context.value, { message });
    }
    for (const field of fields) {
      if (FIELD.test(field)) continue;
      const message = {
        en: `"${field}" is no name of a field: letters, digits and _, at most 64`,
        "zh-CN": `"${field}" 不能作为字段名：仅含字母、数字和下划线，最多 64 个字符`,
      };
      complain(context, context.value, { message }, [field]);
    }
  });
  return z
    .strictObject({
      id,
      webhook: z.strictObject({
        to: names.webhook,
        body: body.default({}).meta({ description: "what is told; each field a literal or a rule" }),
        within: span
          .default({ days: 1, minutes: 0 })
          .meta({ description: "how long it may take until the other side has taken it; P1D by default" }),
        retries: z
          .number()
          .int()
          .min(0)
          .max(MOST_RETRIES)
          .default(8)
          .meta({ description: "how often it is tried again when the other side is away or busy" }),
        then: steps.optional().meta({ description: "when the other side has taken it" }),
        failed: steps.optional().meta({ description: "when it has refused it, or not taken it in time" }),
      }),
    })
    .meta({ description: "tells another system, signed, and goes on with what came of it" });
}
