import type { Day, Minute } from "./program.ts";

/**
 * Integer calendar arithmetic for one zone over a frozen horizon: no date library, so that the machine is the same in
 * the sandbox, in the simulator and ten years from now.
 */
export interface Zone {
  name: string;
  /** [first UTC minute, offset in minutes east of UTC], ascending; the first row holds for everything earlier too */
  transitions: [from: Minute, offset: number][];
}

export const DAY = 1440;

export function offsetAt(zone: Zone, at: Minute): number {
  let offset = zone.transitions[0]?.[1] ?? 0;
  for (const [from, next] of zone.transitions) {
    if (from > at) break;
    offset = next;
  }
  return offset;
}

export function localDay(zone: Zone, at: Minute): Day {
  return Math.floor((at + offsetAt(zone, at)) / DAY);
}

export function minuteOfDay(zone: Zone, at: Minute): number {
  const local = at + offsetAt(zone, at);
  return local - Math.floor(local / DAY) * DAY;
}

/**
 * UTC minute of a local time. A time that the clocks skip (spring) is read with the offset before the gap; one that
 * comes twice (autumn) means the first (RFC 5545, section 3.3.5).
 */
export function toUtc(zone: Zone, day: Day, minute: number): Minute {
  const local = day * DAY + minute;
  let earlier: number | undefined;
  for (let i = 0; i < zone.transitions.length; i++) {
    const [from, offset] = zone.transitions[i]!;
    const until = zone.transitions[i + 1]?.[0] ?? Infinity;
    const utc = local - offset;
    if ((i === 0 || utc >= from) && utc < until) return utc;
    if (utc >= until) earlier = offset;
  }
  return local - (earlier ?? 0);
}

/** `at` plus calendar days (same local time of day) and minutes. */
export function plus(zone: Zone, at: Minute, days: number, minutes: number): Minute {
  const moved = days === 0 ? at : toUtc(zone, localDay(zone, at) + days, minuteOfDay(zone, at));
  return moved + minutes;
}

/** 0 = Monday; 1970-01-01 was a Thursday. */
export function weekdayOf(day: Day): number {
  return (((day + 3) % 7) + 7) % 7;
}

/**
 * The window that `at` lies in, or the next one: minutes [start, end). A window that the clocks skip whole is passed over.
 * @param weekdays 0 = Monday
 */
export function windowFrom(
  zone: Zone,
  { weekdays, from, to }: { weekdays: number[]; from: number; to: number },
  at: Minute,
): { start: Minute; end: Minute } {
  const today = localDay(zone, at);
  for (let day = today; day <= today + 14; day++) {
    if (!weekdays.includes(weekdayOf(day))) continue;
    const [start, end] = [toUtc(zone, day, from), toUtc(zone, day, to)];
    if (start < end && at < end) return { start: Math.max(at, start), end };
  }
  return { start: at, end: at + 1 };
}
