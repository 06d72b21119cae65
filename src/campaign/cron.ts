import { DAY, localDay, toUtc, type Zone } from "./calendar.ts";
import type { Minute } from "./program.ts";

const RANGES = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;

/**
 * The times that a cron line of numbers, ranges, lists and steps means in (from, to], in order and at most `most`. A day
 * must fit day of month, month and day of week; a time that the clocks skip is taken an hour later.
 */
export function cronTimes(line: string, zone: Zone, from: Minute, to: Minute, most: number): Minute[] {
  const fields = line.trim().split(/\s+/);
  const [minutes, hours, days, months, weekdays] = RANGES.map(([low, high], i) => members(fields[i]!, low, high)) as [
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
  ];
  const times: Minute[] = [];
  for (let day = localDay(zone, from); day <= localDay(zone, to) && times.length < most; day++) {
    const date = new Date(day * DAY * 60_000);
    const weekday = date.getUTCDay();
    if (!days.has(date.getUTCDate()) || !months.has(date.getUTCMonth() + 1)) continue;
    if (!weekdays.has(weekday) && !(weekday === 0 && weekdays.has(7))) continue;
    for (const hour of hours) {
      for (const minute of minutes) {
        const at = toUtc(zone, day, hour * 60 + minute);
        if (at > from && at <= to) times.push(at);
      }
    }
  }
  return times.sort((a, b) => a - b).slice(0, most);
}

function members(field: string, low: number, high: number): Set<number> {
  const found: number[] = [];
  for (const part of field.split(",")) {
    const [range, step] = part.split("/");
    const [first, last] = range === "*" ? [low, high] : range!.split("-").map(Number);
    const end = last ?? (step === undefined ? first! : high);
    for (let number = first!; number <= end; number += Number(step ?? 1)) found.push(number);
  }
  return new Set(found.sort((a, b) => a - b));
}
