import type { Period, Window } from "./ast.ts";

/** "30d", "2y": windows end at the moment of asking and are N × 24 hours wide; a year is 365 days. */
export const LONGEST_DAYS = 3 * 365;
export const SUGGESTED_WINDOWS = ["7d", "30d", "90d", "180d", "365d", "3y", "this_month", "last_quarter"];

/** Days that a period can at most reach back from now, with some to spare for zones. */
export const PERIOD_DAYS: Record<Period, number> = {
  this_week: 9,
  last_week: 16,
  this_month: 33,
  last_month: 64,
  this_quarter: 94,
  last_quarter: 186,
  this_year: 368,
  last_year: 733,
};

/** "30d", "2y", "this_month"; undefined when it is not a window between 1d and 3y. */
export function windowOf(text: string): Window | undefined {
  if (Object.hasOwn(PERIOD_DAYS, text)) return { period: text as Period };
  const match = /^([1-9]\d{0,3})([dy])$/.exec(text);
  if (!match) return undefined;
  const days = Number(match[1]) * (match[2] === "y" ? 365 : 1);
  return days <= LONGEST_DAYS ? { days } : undefined;
}

/** "_365d", "_this_month"; empty for the whole life. */
export function suffixOf({ days, period }: Window): string {
  if (period) return `_${period}`;
  return days === undefined ? "" : `_${days}d`;
}

/** "sum_365d" → { word: "sum", window: { days: 365 } }; undefined when the window is none. */
export function splitWindow(text: string): { word: string; window: Window } | undefined {
  const at = text.search(/_((this|last)_[a-z]+|[^_]*)$/);
  if (at < 0) return { word: text, window: {} };
  const window = windowOf(text.slice(at + 1));
  return window && { word: text.slice(0, at), window };
}
