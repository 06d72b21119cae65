import { z } from "zod";
import { id, text } from "../leaf.ts";

const VARIABLE = /^[A-Z][A-Z0-9_]{0,63}$/;

/** rules/webhooks/ID.json */
export const webhookDefinition = z
  .strictObject({
    $schema: z.string().optional(),
    id,
    name: text.optional(),
    url: z
      .url({ protocol: /^https?$/ })
      .meta({ description: "https; http only for hosts that WEBHOOK_PRIVATE_HOSTS names" }),
    secret: z
      .string()
      .regex(VARIABLE)
      .meta({ description: "name of the environment variable that holds the secret, not the secret itself" }),
    timeoutSeconds: z.number().int().min(1).max(60).default(10).meta({ description: "how long an answer may take" }),
  })
  .meta({ title: "Rekindle webhook" });
