import { z } from "zod";
import type { FieldType } from "../../events.ts";
import { complain, eventType, text } from "../leaf.ts";

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

const FIELD = /^[A-Za-z_][A-Za-z0-9_]*$/;
const POINTER = /^(\/([^~/]|~[01])*)+$/;

const place = z
  .string()
  .meta({ pattern: POINTER.source, description: "JSON pointer (RFC 6901) into the data as it was sent: /orderId" })
  .check((context) => {
    if (POINTER.test(context.value)) return;
    complain(context, context.value, {
      message: { en: `"${context.value}" is no JSON pointer`, "zh-CN": `"${context.value}" 不是 JSON 指针` },
      hint: { en: "start with a slash: /orderId, /order/id", "zh-CN": "以斜杠开头，如 /orderId、/order/id" },
    });
  });
const places = z.union([place, z.array(place).min(1)]).meta({ description: "of several the first that is there" });

/** How a value is rewritten: "text" and "number" between the two, "major" from cents to major units, "upper" to capitals. */
export const REWRITES = ["text", "number", "major", "upper"] as const;

const single = z.union([
  place,
  z.array(place).min(1),
  z.strictObject({ at: places, as: z.enum(REWRITES) }),
  z.strictObject({ value: z.union([z.string(), z.number(), z.boolean()]) }),
]);
/** a list whose entries get fields of their own; pointers are then into the entry */
const each = z.strictObject({ each: places, data: z.record(z.string().regex(FIELD), single) });

const taken = z
  .strictObject({
    name: z.string().min(1).max(256).meta({ description: "what the sender calls the event: Order Completed" }),
    data: z
      .record(z.string().regex(FIELD), z.union([...single.options, each]))
      .default({})
      .meta({
        description: "fields of the type, and where they are in what was sent; everything else is kept as it is",
      }),
  })
  .meta({ description: "events of another name that are events of this type" });

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
    from: z.array(taken).min(1).optional(),
    schema: z
      .record(z.string(), z.json())
      .optional()
      .meta({ description: "JSON Schema (draft 2020-12) that the data of every event of the type must fit" }),
  })
  .meta({ title: "Rekindle event" });

export type EventDefinition = z.infer<typeof eventDefinition>;
/** One other name, and where its fields are. */
export type TakenEvent = z.infer<typeof taken>;
export type FieldSource = TakenEvent["data"][string];
