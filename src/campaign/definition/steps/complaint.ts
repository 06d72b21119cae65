import { z } from "zod";
import { id } from "../leaf.ts";
import type { Names } from "../names.ts";

export function complaintDefinition(names: Names) {
  return z
    .strictObject({
      id,
      complaint: z.strictObject({ severity: z.enum(["low", "medium", "high"]).default("medium"), to: names.team }),
    })
    .meta({ description: "opens a complaint and gives it to a team" });
}
export type ComplaintDefinition = z.infer<ReturnType<typeof complaintDefinition>>;
