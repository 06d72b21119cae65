import { type RawBuilder, sql } from "kysely";
import type { Window } from "../ast.ts";
import { PERIOD_DAYS } from "../window.ts";
import { type Asking, ago, moment, zoneOf } from "./asking.ts";

type Sql = RawBuilder<unknown>;

/** A window as conditions on a time; null times are in none. */
export interface Span {
  after(time: Sql): RawBuilder<boolean>;
  until(time: Sql): RawBuilder<boolean>;
}

/** @param alias of customers, whose zone says when a period begins */
export function spanOf({ days, period }: Window, asking: Asking, alias: string): Span {
  const until = (time: Sql) => sql<boolean>`${time} <= ${moment(asking.asOf)}`;
  if (period) {
    const zone = zoneOf(alias, asking);
    const [which, unit] = period.split("_") as ["this" | "last", string];
    const start = sql`date_trunc(${unit}::text, ${moment(asking.asOf)} at time zone ${zone})`;
    const one = unit === "quarter" ? sql`interval '3 months'` : sql`${`1 ${unit}`}::interval`;
    if (which === "this") return { after: (time) => sql`${time} >= (${start} at time zone ${zone})`, until };
    return {
      after: (time) => sql`${time} >= ((${start} - ${one}) at time zone ${zone})`,
      until: (time) => sql`${time} < (${start} at time zone ${zone})`,
    };
  }
  // the start itself is out
  if (days !== undefined) return { after: (time) => sql`${time} > ${ago(asking, days)}`, until };
  return { after: (time) => sql`${time} is not null`, until };
}

/** Days of 24 hours within which all of these lie; undefined when one of them is the whole life. */
export function reach(windows: Window[]): number | undefined {
  const days = windows.map((window) => (window.period ? PERIOD_DAYS[window.period] : window.days));
  return days.includes(undefined) ? undefined : Math.max(...(days as number[]));
}

export function isZoned(window: Window): boolean {
  return window.period !== undefined;
}
