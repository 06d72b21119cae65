import { z } from "zod";
import { id } from "../leaf.ts";

export function exitDefinition() {
  return z
    .strictObject({ id, exit: z.strictObject({ reason: id.default("exit") }) })
    .meta({ description: "ends the enrolment" });
}
export type ExitDefinition = z.infer<ReturnType<typeof exitDefinition>>;
