import { z } from "zod";
import { clockTime, id, span } from "../leaf.ts";
import type { Names } from "../names.ts";

export function waitDefinition(names: Names) {
  return z
    .strictObject({
      id,
      wait: z.union([
        z.strictObject({ for: span }).meta({ description: "so many calendar days, hours, minutes" }),
        z.strictObject({
          until: z.union([
            z
              .strictObject({ phase: names.phase })
              .meta({ description: "until the phase begins and its gates are open" }),
            z
              .strictObject({ at: clockTime })
              .meta({ description: "until the customer's local clock next shows this time" }),
          ]),
        }),
      ]),
    })
    .meta({ description: "waits" });
}
export type WaitDefinition = z.infer<ReturnType<typeof waitDefinition>>;
