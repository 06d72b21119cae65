import { z } from "zod";
import type { Type } from "./ast.ts";

/** A text in both languages that people here read. */
const text = z.strictObject({ en: z.string().min(1), "zh-CN": z.string().min(1) });

/** rules/segments/ID.json */
export const segmentDefinition = z.strictObject({
  $schema: z.string().optional(),
  id: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  name: text,
  /** one line: what it is good for */
  why: text,
  /** JSON Logic; src/rule/parse.ts knows what it may say */
  rule: z.json(),
});
export type SegmentDefinition = z.infer<typeof segmentDefinition>;

const types = ["boolean", "number", "money", "string", "date", "strings"] as const satisfies readonly Type[];

/** rules/traits.json: amounts are in major units, dates are "YYYY-MM-DD", strings are lists of texts. */
export const traitsDefinition = z.record(
  z.string().regex(/^[a-z][a-z0-9_]{0,62}$/),
  z.strictObject({ type: z.enum(types), label: text }),
);
