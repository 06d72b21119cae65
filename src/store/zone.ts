import { DAY } from "../campaign/calendar.ts";
import { IANAZone } from "luxon";
import type { Zone } from "../campaign/calendar.ts";
import type { Minute } from "../campaign/program.ts";

/** No zone has changed its clocks and changed them back within one; asking once a day would cost seven times as much. */
const WEEK = 7 * DAY;

/**
 * A zone's UTC offsets over [from, to], frozen for a cohort so that later changes of the tz database cannot alter its
 * history.
 * @throws RangeError when there is no such zone
 */
export function freezeZone(name: string, from: Minute, to: Minute): Zone {
  if (!isZone(name)) throw new RangeError("no such time zone");
  const zone = IANAZone.create(name);
  const offset = (at: Minute) => zone.offset(at * 60_000);
  let before = offset(from);
  const transitions: Zone["transitions"] = [[from, before]];
  for (let low = from; low < to; low += WEEK) {
    const high = Math.min(low + WEEK, to);
    const after = offset(high);
    if (after !== before) transitions.push([firstWith(offset, after, low, high), after]);
    before = after;
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

const YEAR = 366 * DAY;
const cache = new Map<string, Zone>();

/**
 * A zone's offsets from at least a year before `at` to two years after; kept, since every batch asks for them.
 * @throws RangeError when there is no such zone
 */
export function zoneAround(name: string, at: Minute): Zone {
  const era = Math.floor(at / YEAR);
  const key = `${name} ${era}`;
  let zone = cache.get(key);
  if (!zone) {
    zone = freezeZone(name, (era - 1) * YEAR, (era + 3) * YEAR);
    if (cache.size >= 2_000) cache.clear();
    cache.set(key, zone);
  }
  return zone;
}
