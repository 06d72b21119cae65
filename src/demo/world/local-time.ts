import { IANAZone } from "luxon";
import type { Minute } from "../../campaign/program.ts";

export function offsetMinutes(zone: string, at: Minute): number {
  return IANAZone.create(zone).offset(at * 60_000);
}
