import { IANAZone } from "luxon";
import { DAY, type Zone } from "./calendar.ts";
import type { Minute } from "./program.ts";

const cache = new Map<string, Zone>();
const STEP = 7 * DAY; // shorter than any two changes of a zone's offset lie apart in practice

/**
 * The zone's offset changes from `from` to `to`. A day of margin on both sides covers local days that begin before.
 * @throws RangeError when there is no such zone
 */
export function zoneBetween(name: string, from: Minute, to: Minute): Zone {
  const zone = IANAZone.create(name);
  if (!zone.isValid) throw new RangeError(`no time zone "${name}"`);
  const offset = (at: Minute) => Math.round(zone.offset(at * 60_000));
  const first = from - DAY;
  const transitions: Zone["transitions"] = [[first, offset(first)]];
  for (let at = first; at < to + DAY; at += STEP) {
    let [low, high] = [at, at + STEP];
    if (offset(low) === offset(high)) continue;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offset(middle) === offset(low)) low = middle;
      else high = middle;
    }
    transitions.push([high, offset(high)]);
  }
  return { name, transitions };
}

const YEAR = 366 * DAY;

/** The zone over at least a year before and two years after `at`; kept, as every batch asks for it. */
export function zoneAround(name: string, at: Minute): Zone {
  const era = Math.floor(at / YEAR);
  const key = `${name} ${era}`;
  let zone = cache.get(key);
  if (!zone) {
    zone = zoneBetween(name, (era - 1) * YEAR, (era + 3) * YEAR);
    if (cache.size > 2_000) cache.clear();
    cache.set(key, zone);
  }
  return zone;
}
