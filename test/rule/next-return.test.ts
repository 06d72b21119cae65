import fc from "../support/property.ts";
import { expect, test } from "vitest";
import { keyOf, returning } from "../../src/rule/anniversary.ts";
import { nextReturn } from "../../src/rule/next-return.ts";
import { dayNumber, dayOf } from "../../src/rule/value.ts";

const day = (from: string, to: string) => fc.integer({ min: dayNumber(from), max: dayNumber(to) });

test.each([
  ["solar", "1990-05-20", "2026-05-20", "2026-05-20"],
  ["solar", "1990-05-20", "2026-05-21", "2027-05-20"],
  ["solar", "2000-02-29", "2026-01-01", "2026-02-28"],
  ["solar", "2000-02-29", "2028-01-01", "2028-02-29"],
  ["lunar", "1990-01-27", "2026-01-01", "2026-02-17"], // the first day of the lunar year
  ["lunar", "2023-04-15", "2026-01-01", "2026-04-12"], // born in the leap second month: returns in the second
  ["lunar", "1985-02-19", "2026-03-01", "2027-02-05"], // the thirtieth of the twelfth month
] as const)("by the %s calendar %s returns from %s on %s", (calendar, date, from, expected) => {
  const found = nextReturn(calendar, date, dayNumber(from));
  expect(found && dayOf(found)).toBe(expected);
});

test("it is the day that is_today waits for, and none before it is", () => {
  const property = fc.property(
    fc.constantFrom("solar", "lunar"),
    day("1930-01-01", "2020-12-31"),
    day("2020-01-01", "2060-01-01"),
    (calendar, born, from) => {
      const date = dayOf(born);
      const found = nextReturn(calendar, date, from)!;
      expect(found - from).toBeLessThan(385);
      expect(returning(calendar, dayOf(found), 0).has(keyOf(calendar, date))).toBe(true);
      if (found > from) {
        expect(returning(calendar, dayOf(from), found - from - 1).has(keyOf(calendar, date))).toBe(false);
      }
    },
  );
  fc.assert(property, { numRuns: 20 });
});

test("what is no date, or too far away, does not return", () => {
  expect(nextReturn("solar", "2026-02-30", 20_000)).toBeUndefined();
  expect(nextReturn("lunar", "1700-01-01", 20_000)).toBeUndefined();
});
