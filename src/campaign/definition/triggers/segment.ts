import { z } from "zod";
import type { Names } from "../names.ts";

export function segmentTrigger(names: Names) {
  return z.strictObject({ id: names.segment, on: z.enum(["entry", "exit"]).default("entry") });
}
