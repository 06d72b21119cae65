import { z } from "zod";
import { cron } from "./cron.ts";

/** Of the language, but not yet of this version. */
export const LATER_TRIGGERS = ["event", "segment", "date"];

export const trigger = z
  .union([
    z.strictObject({ schedule: z.strictObject({ cron }) }).meta({ description: "at times, in the campaign's zone" }),
    z.strictObject({ manual: z.literal(true) }).meta({ description: "when somebody says so" }),
  ])
  .meta({ description: "what starts a run" });
