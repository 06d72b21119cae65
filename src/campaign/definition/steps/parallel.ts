import { z } from "zod";
import { id } from "../leaf.ts";

export interface ParallelDefinition<Steps> {
  id: string;
  parallel: { join: "all"; branches: Steps[] };
}

export const MOST_THREADS = 8;

export function parallelDefinition<Steps>(steps: z.ZodType<Steps>) {
  return z
    .strictObject({
      id,
      parallel: z.strictObject({
        join: z.literal("all").default("all").meta({ description: "goes on when every branch has ended" }),
        branches: z.array(steps).min(2).max(MOST_THREADS),
      }),
    })
    .meta({ description: "several branches at the same time" });
}
