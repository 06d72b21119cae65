/** "30d", "2y": windows end at the moment of asking and are N × 24 hours wide; a year is 365 days. */
export const LONGEST_DAYS = 3 * 365;
export const SUGGESTED_WINDOWS = ["7d", "30d", "90d", "180d", "365d", "3y"];

/** Days of a window; undefined when it is not one between 1d and 3y. */
export function windowDays(text: string): number | undefined {
  const match = /^([1-9]\d{0,3})([dy])$/.exec(text);
  if (!match) return undefined;
  const days = Number(match[1]) * (match[2] === "y" ? 365 : 1);
  return days <= LONGEST_DAYS ? days : undefined;
}

/** "sum_365d" → ["sum", 365]; "sum" → ["sum", undefined]; undefined when the window is none. */
export function splitWindow(text: string): { word: string; days?: number } | undefined {
  const at = text.lastIndexOf("_");
  if (at < 0) return { word: text };
  const days = windowDays(text.slice(at + 1));
  return days === undefined ? undefined : { word: text.slice(0, at), days };
}
