import { z } from "zod";
import type { Duration, Rule } from "../../program.ts";
import { id, span } from "../leaf.ts";
import type { Names } from "../names.ts";

export interface RepeatDefinition<Steps> {
  id: string;
  repeat: { times: number; every?: Duration; until?: Rule; steps: Steps };
}

export const MOST_TIMES = 366;

export function repeatDefinition<Steps>(names: Names, steps: z.ZodType<Steps>) {
  return z
    .strictObject({
      id,
      repeat: z.strictObject({
        times: z.number().int().min(1).max(MOST_TIMES).meta({ description: "at most so many passes" }),
        every: span.optional().meta({ description: "waits so long between one pass and the next" }),
        until: names
          .rule("steps", "boolean")
          .optional()
          .meta({ description: "asked before each pass: when it holds, no further one begins" }),
        steps,
      }),
    })
    .meta({ description: "the same steps several times" });
}
