import { localDay, plus, toUtc, type Zone } from "../calendar.ts";
import type { Day, Duration, Minute } from "../program.ts";

/** What is later than two days after its time is no longer wanted, unless its step says otherwise. */
export const DEFAULT_VALIDITY: Duration = { days: 2, minutes: 0 };

/**
 * The first minute at which an effect comes too late.
 * @param due when the step was first due; a deferral does not prolong it
 * @param day the local day it belongs to, where that is not the day of `due` (a challenge's day)
 */
export function validUntil(zone: Zone, due: Minute, validFor: Duration | "day", day?: Day): Minute {
  if (validFor === "day") return toUtc(zone, (day ?? localDay(zone, due)) + 1, 0);
  return plus(zone, due, validFor.days, validFor.minutes);
}
