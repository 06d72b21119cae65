import { z } from "zod";
import type { Names } from "./names.ts";
import { dateTrigger } from "./triggers/date.ts";
import { eventTrigger } from "./triggers/event.ts";
import { schedule } from "./triggers/schedule.ts";
import { segmentTrigger } from "./triggers/segment.ts";

export function triggerDefinition(names: Names) {
  return z
    .union([
      z.strictObject({ schedule }).meta({ description: "at times, the whole audience at once" }),
      z.strictObject({ event: eventTrigger(names) }).meta({ description: "whoever does something, one by one" }),
      z
        .strictObject({ segment: segmentTrigger(names) })
        .meta({ description: "whoever comes into a segment or leaves it" }),
      z.strictObject({ date: dateTrigger }).meta({ description: "whoever has a day, every year" }),
      z
        .strictObject({ manual: z.literal(true) })
        .meta({ description: "when somebody says so, the whole audience at once" }),
    ])
    .meta({ description: "what starts a run, or brings members into the one that stands" });
}
export type TriggerDefinition = z.infer<ReturnType<typeof triggerDefinition>>;
