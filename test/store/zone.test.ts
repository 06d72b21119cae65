import fc from "../support/property.ts";
import { IANAZone } from "luxon";
import { expect, test } from "vitest";
import { offsetAt } from "../../src/campaign/calendar.ts";
import { freezeZone, isZone } from "../../src/store/zone.ts";

const YEAR = 366 * 1440;
const minute = (time: string) => Date.parse(time) / 60_000;
const LAUNCH = { from: minute("2015-01-01T00:00Z"), to: minute("2035-01-01T00:00Z") };

test("a frozen zone shows what the tz database says, at every minute around its changes and between them", () => {
  const zones = fc.constantFrom(...Intl.supportedValuesOf("timeZone"));
  const property = fc.property(
    zones,
    fc.integer({ min: LAUNCH.from, max: LAUNCH.to }),
    fc.array(fc.integer({ min: 0, max: 2 * YEAR }), { minLength: 20, maxLength: 20 }),
    (name, from, distances) => {
      const truth = IANAZone.create(name);
      const frozen = freezeZone(name, from, from + 2 * YEAR);
      const changes = frozen.transitions.flatMap(([at]) => [at - 1, at, at + 1]).filter((at) => at >= from);
      for (const at of [...changes, ...distances.map((distance) => from + distance)]) {
        expect([name, at, offsetAt(frozen, at)]).toEqual([name, at, truth.offset(at * 60_000)]);
      }
    },
  );
  fc.assert(property, { numRuns: 60 });
});

test("Casablanca puts its clocks back for Ramadan and forward after it", () => {
  const { transitions } = freezeZone("Africa/Casablanca", minute("2026-01-01T00:00Z"), minute("2026-12-31T00:00Z"));
  expect(transitions.slice(1)).toEqual([
    [minute("2026-02-15T02:00Z"), 0],
    [minute("2026-03-22T02:00Z"), 60],
  ]);
});

test("an unknown zone is refused instead of being searched for ever", () => {
  expect(() => freezeZone("Asia/Atlantis", 0, YEAR)).toThrow(RangeError);
  expect(isZone("Asia/Atlantis")).toBe(false);
});
