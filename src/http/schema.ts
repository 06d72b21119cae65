import { z } from "zod";
import { isStorable } from "../intake/text.ts";
import type { Holder } from "../store/api-key.ts";

/** Schemas that several routes share. */
export const problemError = z
  .object({
    index: z.number().optional(),
    file: z.string().optional(),
    pointer: z.string(),
    detail: z.string(),
    hint: z.string().optional(),
  })
  .meta({ id: "ProblemError", description: "one fault; index is the event's place in its batch" });

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    errors: z.array(problemError).optional(),
  })
  .meta({ id: "Problem", description: "what is said instead of an answer (RFC 9457)" });

/** A time as JSON has it. */
export const time = z.iso.datetime({ offset: true });

/** An id or a name in a request: what the database cannot hold is refused here. */
export const name = z
  .string()
  .min(1)
  .max(500)
  .refine((text) => isStorable(text), "NUL and lone surrogates cannot be stored");

/** What people write. */
export const note = z
  .string()
  .max(10_000)
  .refine((text) => isStorable(text), "NUL and lone surrogates cannot be stored");

/** A time in a cursor: to the microsecond, as the database has it. */
export const moment = z.union([z.literal("infinity"), z.iso.datetime({ precision: 6 })]);

/** true or false in a query; false unless told. */
export const flag = z
  .enum(["true", "false", "1", "0"])
  .default("false")
  .transform((said) => said === "true" || said === "1");

/** In the languages of the home. */
export const text = z.object({ en: z.string(), "zh-CN": z.string() });
/** Under which name what somebody does is kept: a person has it with every key and session. */
export function whoAsks({ name, person }: Holder): string {
  return person ?? name;
}

/** Parameters of a campaign by name; whatever they are, as one would type them. */
export const assignments = z
  .record(z.string().max(64), z.union([z.string().max(1_000), z.number(), z.boolean()]))
  .transform((given) => Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)])))
  .default({});

/** How a rule came to hold or not, part by part. */
export const explained = z
  .looseObject({ holds: z.boolean() })
  .meta({ description: "part by part, with what was found for each variable" });

/** What was found for a variable. */
export const found = z.object({
  name: z.string(),
  label: text,
  value: z.unknown(),
  shown: text.meta({ description: "as people read it" }),
});
