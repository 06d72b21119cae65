import { LunarDay, LunarMonth, SolarDay } from "tyme4ts";
import type { Calendar } from "./ast.ts";
import { dayNumber, dayOf, isDay, isLeapYear } from "./value.ts";

/** Conversions are known from 1850 to 2150. */
const [FIRST_YEAR, LAST_YEAR] = [1850, 2150];

/**
 * The first day from `from` on (days since 1970-01-01) on which a date returns, by the rules of `is_today`: 29 February on
 * the 28th where there is no 29th; a lunar date in the month of its number, never in a leap month; the 30th on the 29th
 * where the month ends with it. Undefined for what is no date and beyond the years that are known.
 */
export function nextReturn(calendar: Calendar, date: string, from: number): number | undefined {
  if (!isDay(date)) return undefined;
  const years = yearsFrom(from);
  const days = calendar === "solar" ? years.map((year) => solarIn(year, date)) : lunarIn(years, date);
  return days.find((day) => day !== undefined && day >= from);
}

/** A lunar year begins up to two months into the solar one, so the year before may still have the return. */
function yearsFrom(from: number): number[] {
  const year = Number(dayOf(from).slice(0, 4));
  return [year - 1, year, year + 1, year + 2].filter((each) => each >= FIRST_YEAR && each <= LAST_YEAR);
}

function solarIn(year: number, date: string): number {
  const rest = date.slice(5) === "02-29" && !isLeapYear(year) ? "02-28" : date.slice(5);
  return dayNumber(`${String(year).padStart(4, "0")}-${rest}`);
}

function lunarIn(years: number[], date: string): (number | undefined)[] {
  const [year, month, day] = date.split("-").map(Number) as [number, number, number];
  if (year < FIRST_YEAR || year > LAST_YEAR) return [];
  const born = SolarDay.fromYmd(year, month, day).getLunarDay();
  const number = born.getLunarMonth().getMonth();
  return years.map((each) => {
    const last = LunarMonth.fromYm(each, number).getDayCount();
    const solar = LunarDay.fromYmd(each, number, Math.min(born.getDay(), last)).getSolarDay();
    const parts = [solar.getYear(), solar.getMonth(), solar.getDay()].map((part) => String(part).padStart(2, "0"));
    return dayNumber(parts.join("-"));
  });
}
