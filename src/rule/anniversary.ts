import { LunarDay, LunarMonth, LunarYear, SolarDay } from "tyme4ts";
import type { Calendar } from "./ast.ts";
import { dayNumber, dayOf, isLeapYear } from "./value.ts";

/** Lunar dates are known for births in these years. */
const FIRST_YEAR = 1850;
const LAST_YEAR = 2150;
const KEPT = 100;

const known = new Map<string, ReadonlySet<string>>();

/**
 * Keys of the dates that return on `today` or in the `within` days after it; `keyOf` says what a date's key is. Both forms
 * of a rule read this one set, so that they cannot differ.
 * @param today "YYYY-MM-DD"
 */
export function returning(calendar: Calendar, today: string, within: number): ReadonlySet<string> {
  const key = `${calendar}/${today}/${within}`;
  const found = known.get(key);
  if (found) return found;
  const keys = new Set<string>();
  for (let ahead = 0; ahead <= within; ahead++) {
    const day = SolarDay.fromYmd(...partsOf(today)).next(ahead);
    for (const each of calendar === "solar" ? solar(day) : lunar(day)) keys.add(each);
  }
  if (known.size >= KEPT) known.clear();
  known.set(key, keys);
  return keys;
}

/** Solar dates return by month and day, lunar ones are told apart by the whole date. */
export function keyOf(calendar: Calendar, date: string): string {
  return calendar === "solar" ? date.slice(5) : date;
}

/** 29 February returns on the 28th where there is no 29th. */
function solar(day: SolarDay): string[] {
  const key = text(day).slice(5);
  return key === "02-28" && !isLeapYear(day.getYear()) ? [key, "02-29"] : [key];
}

/**
 * A lunar date returns in the month of its number, never in that month's leap repetition, also when it lay in one; the
 * 30th returns on the 29th where the month ends with it.
 */
function lunar(day: SolarDay): string[] {
  const today = day.getLunarDay();
  const month = today.getLunarMonth();
  if (month.isLeap()) return [];
  const number = today.getDay();
  const last = number === 29 && month.getDayCount() === 29 ? 30 : number;
  return monthsOf(month.getMonth()).flatMap(({ first, days }) =>
    [number, last]
      .filter((each, i, all) => each <= days && all.indexOf(each) === i)
      .map((each) => dayOf(first + each - 1)),
  );
}

/**
 * Whether a festival falls on a day ("YYYY-MM-DD"): 29 February on the 28th where there is no 29th; of a lunar calendar,
 * never in a leap month, and the 30th on the 29th where the month ends with it.
 */
export function fallsOn(calendar: Calendar, festival: { month: number; day: number }, date: string): boolean {
  const day = SolarDay.fromYmd(...partsOf(date));
  if (calendar === "solar") {
    const key = [festival.month, festival.day].map((part) => String(part).padStart(2, "0")).join("-");
    return solar(day).includes(key);
  }
  const lunarDay = day.getLunarDay();
  const month = lunarDay.getLunarMonth();
  if (month.isLeap() || month.getMonth() !== festival.month) return false;
  return lunarDay.getDay() === Math.min(festival.day, month.getDayCount());
}

interface Month {
  /** days from 1970-01-01 */
  first: number;
  days: number;
}
const months = new Map<number, Month[]>();

/** All months of this number, leap ones too; astronomy takes its time, so each number is looked up once. */
function monthsOf(number: number): Month[] {
  const found = months.get(number);
  if (found) return found;
  const all: Month[] = [];
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year++) {
    const leap = LunarYear.fromYear(year).getLeapMonth() === number;
    for (const each of leap ? [number, -number] : [number]) {
      const first = dayNumber(text(LunarDay.fromYmd(year, each, 1).getSolarDay()));
      all.push({ first, days: LunarMonth.fromYm(year, each).getDayCount() });
    }
  }
  months.set(number, all);
  return all;
}

function partsOf(day: string): [year: number, month: number, day: number] {
  return [Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8))];
}

function text(day: SolarDay): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${String(day.getYear()).padStart(4, "0")}-${two(day.getMonth())}-${two(day.getDay())}`;
}
