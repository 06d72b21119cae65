import { localDay, minuteOfDay, type Zone } from "../calendar.ts";
import type { Day, Minute } from "../program.ts";

/** The first day whose daily mail is still to come. */
export function firstChallengeDay(zone: Zone, at: Minute, mailAt: Minute): Day {
  return localDay(zone, at) + (minuteOfDay(zone, at) <= mailAt ? 0 : 1);
}

/** Day of the challenge, from 1; a challenge inside a loop counts anew on each pass. */
export function challengeDay(occurrence: number, days: number): number {
  return ((occurrence - 1) % Math.max(1, days)) + 1;
}
