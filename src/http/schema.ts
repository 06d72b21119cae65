import { z } from "zod";

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
