import { z } from "zod";
import { id } from "../leaf.ts";

export interface SplitDefinition<Steps> {
  id: string;
  split: { branches: { id?: string; weight: number; then?: Steps }[] };
}

const MOST_BRANCHES = 20;
/** weights are per cent, to the hundredth */
export const WHOLE = 100;

export function splitDefinition<Steps>(steps: z.ZodType<Steps>) {
  return z
    .strictObject({
      id,
      split: z.strictObject({
        branches: z
          .array(
            z.strictObject({
              id: id.optional().meta({ description: "the name of this way in reports" }),
              weight: z
                .number()
                .min(0.01)
                .max(WHOLE)
                .multipleOf(0.01)
                .meta({ description: "per cent; they sum to 100" }),
              then: steps.optional().meta({ description: "left out: goes on with the next step" }),
            }),
          )
          .min(2)
          .max(MOST_BRANCHES),
      }),
    })
    .meta({ description: "sends each customer one way by chance, always the same" });
}
