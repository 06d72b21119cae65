import { z } from "zod";
import { count, id } from "../leaf.ts";
import { giving } from "./give.ts";

export function pointsDefinition() {
  return z
    .strictObject({ id, points: z.strictObject({ give: count, ...giving }) })
    .meta({ description: "gives points" });
}
export type PointsDefinition = z.infer<ReturnType<typeof pointsDefinition>>;
