import { localDay, minuteOfDay, toUtc, type Zone } from "../calendar.ts";
import type { Minute, Policy, SendKind } from "../program.ts";

/** When the quiet hours that `at` lies in are over; undefined when it lies in none. Answers to an act of the customer's own do not wait. */
export function quietUntil(policy: Policy, kind: SendKind, zone: Zone, at: Minute): Minute | undefined {
  const hours = policy.quietHours;
  if (!hours || kind === "transactional" || hours.from === hours.to) return undefined;
  const minute = minuteOfDay(zone, at);
  if (!inQuietHours(hours, minute)) return undefined;
  const day = localDay(zone, at) + (minute < hours.to ? 0 : 1);
  return Math.max(at + 1, toUtc(zone, day, hours.to));
}

/** @param minute of the local day */
export function inQuietHours({ from, to }: NonNullable<Policy["quietHours"]>, minute: number): boolean {
  return from > to ? minute >= from || minute < to : minute >= from && minute < to;
}
