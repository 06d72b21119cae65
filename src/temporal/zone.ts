import { IANAZone } from "luxon";
import type { Zone } from "../campaign/calendar.ts";
import type { Minute } from "../campaign/program.ts";

const DAY = 1440;

/** A zone's UTC offsets over [from, to], frozen for a cohort so that later changes of the tz database cannot alter its history. */
export function freezeZone(name: string, from: Minute, to: Minute): Zone {
  const zone = IANAZone.create(name);
  const offset = (at: Minute) => zone.offset(at * 60_000);
  const transitions: Zone["transitions"] = [[from, offset(from)]];
  for (let low = from; low < to; low += DAY) {
    const high = Math.min(low + DAY, to);
    if (offset(low) !== offset(high)) transitions.push([firstWith(offset, offset(high), low, high), offset(high)]);
  }
  return { name, transitions };
}

/** First minute in (low, high] at which the offset is `wanted`. */
function firstWith(offset: (at: Minute) => number, wanted: number, low: Minute, high: Minute): Minute {
  let [before, after] = [low, high];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offset(middle) === wanted) after = middle;
    else before = middle;
  }
  return after;
}

export function isZone(name: string | null): name is string {
  return name !== null && IANAZone.isValidZone(name);
}
