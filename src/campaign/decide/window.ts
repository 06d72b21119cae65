import { localDay, minuteOfDay, toUtc, type Zone } from "../calendar.ts";
import type { Day, Minute, Policy, SendKind } from "../program.ts";

type Window = NonNullable<Policy["promotionWindow"]>;

/** 1 January 1970 was a Thursday; Monday is 0. */
export function weekdayOf(day: Day): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** When promotions may leave next; undefined when they may now, or the message is none. */
export function windowFrom(policy: Policy, kind: SendKind, zone: Zone, at: Minute): Minute | undefined {
  const window = policy.promotionWindow;
  if (!window || kind !== "promotion" || isOpen(window, weekdayOf(localDay(zone, at)), minuteOfDay(zone, at))) {
    return undefined;
  }
  const today = localDay(zone, at);
  const openings = [0, 1, 2, 3, 4, 5, 6, 7]
    .filter((days) => window.weekdays.includes(weekdayOf(today + days)))
    .map((days) => toUtc(zone, today + days, window.from));
  return openings.find((opens) => opens > at);
}

/** @param minute of the local day */
export function isOpen(window: Window, weekday: number, minute: number): boolean {
  return window.weekdays.includes(weekday) && minute >= window.from && minute < window.to;
}
