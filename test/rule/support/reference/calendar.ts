import { DateTime } from "luxon";
import { SolarDay } from "tyme4ts";

const DAY_MS = 86_400_000;

/** "2026-03-08" of a moment in a zone. */
export function localDay(at: number, zone: string): string {
  return DateTime.fromMillis(at, { zone }).toISODate()!;
}

export function daysBetween(from: string, to: string): number {
  return (Date.parse(`${to}T00:00Z`) - Date.parse(`${from}T00:00Z`)) / DAY_MS;
}

/** "30d", "2y", "this_month", or "" for the whole life: whether a moment lies in the window that ends with `now`. */
export function inWindow(at: number, window: string, now: number, zone: string): boolean {
  if (at > now) return false;
  if (window === "") return true;
  const width = /^(\d+)([dy])$/.exec(window);
  if (width) return at > now - Number(width[1]) * (width[2] === "y" ? 365 : 1) * DAY_MS;
  const [which, unit] = window.split("_") as ["this" | "last", "week" | "month" | "quarter" | "year"];
  const start = DateTime.fromMillis(now, { zone }).startOf(unit);
  if (which === "this") return at >= start.toMillis();
  return (
    at < start.toMillis() &&
    at >=
      start
        .minus({ [unit]: 1 })
        .startOf(unit)
        .toMillis()
  );
}

/** Whether a date's yearly return is `today` or one of the `within` days after it. */
export function returns(date: string, today: string, calendar: string, within: number): boolean {
  return Array.from({ length: within + 1 }, (_, ahead) =>
    new Date(Date.parse(`${today}T00:00Z`) + ahead * DAY_MS).toISOString().slice(0, 10),
  ).some((day) => (calendar === "lunar" ? returnsByMoon(date, day) : returnsBySun(date, day)));
}

function returnsBySun(date: string, day: string): boolean {
  if (date.slice(5) === day.slice(5)) return true;
  const leap = new Date(`${day.slice(0, 4)}-02-29T00:00Z`).getUTCDate() === 29;
  return date.endsWith("-02-29") && day.endsWith("-02-28") && !leap;
}

function returnsByMoon(date: string, day: string): boolean {
  const around = Number(date.slice(0, 4));
  if (around < 1850 || around > 2151) return false;
  const [born, now] = [lunar(date), lunar(day)];
  if (born.year < 1850 || born.year > 2150) return false;
  if (now.leap || born.month !== now.month) return false;
  return born.day === now.day || (born.day === 30 && now.day === 29 && now.length === 29);
}

const known = new Map<string, ReturnType<typeof lookedUp>>();

function lunar(date: string): ReturnType<typeof lookedUp> {
  const found = known.get(date) ?? lookedUp(date);
  known.set(date, found);
  return found;
}

function lookedUp(date: string) {
  const [year, month, day] = date.split("-").map(Number) as [number, number, number];
  const found = SolarDay.fromYmd(year, month, day).getLunarDay();
  const of = found.getLunarMonth();
  return { year: of.getYear(), month: of.getMonth(), leap: of.isLeap(), day: found.getDay(), length: of.getDayCount() };
}
