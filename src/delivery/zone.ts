import { IANAZone } from "luxon";
import type { Zone } from "../campaign/calendar.ts";

/**
 * A zone as it is at this moment. In the one night a year in which clocks change, quiet hours may end an hour early or
 * late; an early look waits again.
 */
export function zoneNow(name: string, at: Date): Zone {
  const zone = IANAZone.create(name);
  return { name, transitions: [[0, zone.isValid ? zone.offset(at.getTime()) : 0]] };
}
