import type { Zone } from "../src/campaign/calendar.ts";
import type { Minute } from "../src/campaign/program.ts";
import { freezeZone, isZone } from "../src/temporal/zone.ts";

const YEAR = 366 * 1440;
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
    if (!isZone(name)) throw new RangeError("no such time zone");
    zone = freezeZone(name, (era - 1) * YEAR, (era + 3) * YEAR);
    if (cache.size >= 2_000) cache.clear();
    cache.set(key, zone);
  }
  return zone;
}
