import type { Type, Value } from "./ast.ts";

/** Numbers beyond this are not trusted to be meant; they count as missing (in data) or are refused (in rules). */
export const LARGEST = 1e15;
/** Nearer to zero than this counts as zero, so that products of small numbers cannot underflow. */
export const SMALLEST = 1e-15;

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** "2026-02-28": a day that exists. */
export function isDay(text: string): boolean {
  const match = DAY.exec(text);
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  return day <= DAYS_IN_MONTH[month - 1]! + (month === 2 && isLeapYear(year) ? 1 : 0);
}

export function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Days from 1970-01-01 to a day as `isDay` knows it. */
export function dayNumber(day: string): number {
  return new Date(`${day}T00:00:00Z`).getTime() / DAY_MS;
}

/** The day of this number, "YYYY-MM-DD". */
export function dayOf(number: number): string {
  return new Date(number * DAY_MS).toISOString().slice(0, 10);
}

/** A looked-up value as its declared type, or missing: whatever does not fit is as good as not there. */
export function asValue(type: Type, raw: unknown): Value {
  switch (type) {
    case "boolean":
      return typeof raw === "boolean" ? raw : null;
    case "string":
      return typeof raw === "string" ? raw : null;
    case "date":
      return typeof raw === "string" && isDay(raw) ? raw : null;
    case "strings":
      return Array.isArray(raw) ? raw.filter((element) => typeof element === "string") : null;
    case "money":
      return typeof raw === "number" && Number.isFinite(raw) ? raw : null;
    case "number":
      if (typeof raw !== "number" || !(Math.abs(raw) <= LARGEST)) return null;
      return Math.abs(raw) < SMALLEST ? 0 : raw;
  }
}

/**
 * Major units ("99.9") to minor units (9990), exactly; undefined when there are more decimals than the currency has.
 * @param exponent decimal places of the currency
 */
export function toMinor(major: number, exponent: number): number | undefined {
  const minor = Math.round(major * 10 ** exponent);
  return minor / 10 ** exponent === major && Number.isSafeInteger(minor) ? minor : undefined;
}
