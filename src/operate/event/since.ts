import { parseAsOf } from "../as-of.ts";

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const DAY = /^\d{4}-\d\d-\d\d$/;

/** "2h": so long before now; else a time, or the beginning of a day. @throws InputError */
export function parseSince(text: string, now: Date, timezone: string, name = "--since"): Date {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count === undefined) return parseAsOf(DAY.test(text) ? `${text}T00:00` : text, timezone, name);
  return new Date(now.getTime() - Number(count) * UNITS[unit as keyof typeof UNITS]);
}
