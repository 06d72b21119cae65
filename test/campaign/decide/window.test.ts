import fc from "../../support/property.ts";
import { expect, test } from "vitest";
import { localDay, minuteOfDay, toUtc, type Zone } from "../../../src/campaign/calendar.ts";
import { isOpen, weekdayOf, windowFrom } from "../../../src/campaign/decide/window.ts";
import type { Policy } from "../../../src/campaign/program.ts";
import { loosenings, tightened } from "../../../src/campaign/tighten.ts";
import { freezeZone } from "../../../src/store/zone.ts";

const START = 29_583_480; // Wednesday 2026-04-01T10:00 in Shanghai
const ZONES = ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Europe/Berlin"].map((name) =>
  freezeZone(name, START - 400 * 1440, START + 400 * 1440),
);
const SHANGHAI = ZONES[0]!;
const at = (day: number, hour: number, minute = 0) =>
  toUtc(SHANGHAI, localDay(SHANGHAI, START) + day, hour * 60 + minute);
const working = { weekdays: [0, 1, 2, 3, 4], from: 9 * 60, to: 18 * 60, onConflict: "defer" as const };
const policy = (promotionWindow: Policy["promotionWindow"]): Policy => ({
  caps: [],
  problemFirst: false,
  ...(promotionWindow && { promotionWindow }),
});

test("promotions wait for the next opening, over a weekend too; others do not", () => {
  const from = (day: number, hour: number, minute = 0) =>
    windowFrom(policy(working), "promotion", SHANGHAI, at(day, hour, minute));
  expect(from(0, 9)).toBeUndefined();
  expect(from(0, 17, 59)).toBeUndefined();
  expect(from(0, 8, 59)).toBe(at(0, 9));
  expect(from(0, 18)).toBe(at(1, 9));
  expect(from(2, 18)).toBe(at(5, 9));
  expect(from(4, 12)).toBe(at(5, 9));
  expect(windowFrom(policy(working), "service", SHANGHAI, at(4, 12))).toBeUndefined();
  expect(windowFrom(policy(undefined), "promotion", SHANGHAI, at(4, 12))).toBeUndefined();
});

const window = fc.record({
  weekdays: fc.uniqueArray(fc.nat(6), { minLength: 1 }),
  from: fc.integer({ min: 0, max: 1380 }),
  to: fc.integer({ min: 0, max: 1440 }),
  onConflict: fc.constantFrom("defer" as const, "skip" as const),
});
const sound = window.map((each) => ({ ...each, to: Math.max(each.to, each.from + 60) }));

test("the opening found is the first minute that is open, in whatever zone, across the changes of clocks", () => {
  fc.assert(
    fc.property(sound, fc.constantFrom(...ZONES), fc.nat(300 * 1440), (given, zone: Zone, later) => {
      const now = START + later;
      const opens = windowFrom(policy(given), "promotion", zone, now);
      const open = (minute: number) => isOpen(given, weekdayOf(localDay(zone, minute)), minuteOfDay(zone, minute));
      expect(open(now)).toBe(opens === undefined);
      if (opens === undefined) return;
      expect(opens).toBeGreaterThan(now);
      expect(opens - now).toBeLessThanOrEqual(8 * 1440);
      // a gap in the clocks may swallow the opening itself; an hour later it is open at the latest
      expect(open(opens) || open(opens + 60)).toBe(true);
      for (let minute = now; minute < opens; minute += 17) expect(open(minute)).toBe(false);
    }),
    { numRuns: 300 },
  );
});

const hours = fc.record({
  from: fc.nat(1439),
  to: fc.nat(1439),
  onConflict: fc.constantFrom("defer" as const, "skip" as const),
});
const anyPolicy = fc
  .record({
    quietHours: fc.option(hours, { nil: undefined }),
    promotionWindow: fc.option(sound, { nil: undefined }),
    caps: fc.array(fc.record({ max: fc.nat(4), days: fc.integer({ min: 1, max: 3 }) }), { maxLength: 3 }),
    problemFirst: fc.boolean(),
  })
  .map(({ quietHours, promotionWindow, ...rest }): Policy => ({
    ...rest,
    ...(quietHours && { quietHours }),
    ...(promotionWindow && { promotionWindow }),
  }));

test("what a campaign adds without loosening anything never lets a promotion leave when the home does not", () => {
  fc.assert(
    fc.property(anyPolicy, anyPolicy, fc.nat(14 * 1440), (home, own, later) => {
      if (loosenings(home, own).length > 0) return;
      const both = tightened(home, own);
      const now = START + later;
      expect(both.caps.slice(0, home.caps.length)).toEqual(home.caps);
      expect(both.problemFirst || !home.problemFirst).toBe(true);
      const opens = windowFrom(home, "promotion", SHANGHAI, now);
      if (opens !== undefined) expect(windowFrom(both, "promotion", SHANGHAI, now)).toBeGreaterThanOrEqual(opens);
    }),
  );
});
