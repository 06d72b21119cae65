import { dayNumber } from "../../rule/value.ts";
import { nextReturn } from "../../rule/next-return.ts";
import type { Value } from "../../rule/ast.ts";
import { localDay, toUtc, type Zone } from "../calendar.ts";
import type { DateStep, Minute } from "../program.ts";
import { type Decision, decided, skipped } from "./decision.ts";

/** When to go on: at the date's next return, or at that very day; at once where there is none or it is over. */
export function decideDate(step: DateStep, date: Value, zone: Zone, at: Minute): Decision {
  if (typeof date !== "string") return skipped(`no-date:${step.name}`);
  const minuteOn = (day: number) => toUtc(zone, day + step.offset, step.at);
  if (!step.yearly) {
    const minute = minuteOn(dayNumber(date));
    return minute >= at ? decided("scheduled", minute) : skipped(`date-past:${step.name}`);
  }
  const calendar = step.lunar ? "lunar" : "solar";
  // what returned earlier today, offset included, is over; the one after that is not
  for (let from = localDay(zone, at) - step.offset - 1; ;) {
    const day = nextReturn(calendar, date, from);
    if (day === undefined) return skipped(`no-date:${step.name}`);
    if (minuteOn(day) >= at) return decided("scheduled", minuteOn(day));
    from = day + 1;
  }
}
