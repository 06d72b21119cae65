import { z } from "zod";
import type { FieldType } from "../../events.ts";
import { eventType, text } from "../leaf.ts";

const TYPES = [
  "boolean",
  "number",
  "money",
  "string",
  "date",
  "strings",
  "list",
  "object",
] as const satisfies readonly FieldType[];

/** rules/events/NAME.json: a type of event that the home's own systems send, or more fields of one that is built in */
export const eventDefinition = z
  .strictObject({
    $schema: z.string().optional(),
    type: eventType,
    name: text,
    fields: z
      .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/), z.enum(TYPES))
      .default({})
      .meta({
        description: "what rules may ask of it as event.<field>, and of which type; list and object are for templates",
      }),
  })
  .meta({ title: "Rekindle event" });
