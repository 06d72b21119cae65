import { z } from "zod";
import { id, type Reader, span } from "../leaf.ts";
import type { Names } from "../names.ts";

const MOST_TAGS = 10;

/** One channel or a chain: the first that is configured and can reach the customer is used. */
export function channelsOf(names: Names): Reader<string[]> {
  return z
    .union([names.channel, z.array(names.channel).min(1)])
    .transform((chain) => [chain].flat())
    .meta({ description: "a channel, or several to try in order" });
}

export const sendKind = z
  .enum(["promotion", "service", "transactional"])
  .meta({ description: "promotion (default) needs consent; service and transactional do not advertise" });

export function sendDefinition(names: Names) {
  return z
    .strictObject({
      id,
      send: z.strictObject({
        channel: channelsOf(names),
        template: names.template,
        kind: sendKind.default("promotion"),
        topic: names.topic.optional(),
        validFor: span
          .optional()
          .meta({ description: "how long it may still leave when it was held up; P2D by default" }),
        tags: z.array(id).max(MOST_TAGS).optional().meta({ description: "names by which caps count it" }),
        ignoresCaps: z
          .boolean()
          .optional()
          .meta({ description: "leaves although a cap is reached; no promotion does" }),
        countsTowardsCaps: z.boolean().optional().meta({ description: "false: uses up no cap; promotions always do" }),
        coupon: names.coupon.optional().meta({ description: "reserves a code; the template shows it as coupon.code" }),
      }),
    })
    .meta({ description: "sends one message" });
}
export type SendDefinition = z.infer<ReturnType<typeof sendDefinition>>;
