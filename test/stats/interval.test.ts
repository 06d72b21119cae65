import fc from "../support/property.ts";
import { expect, test } from "vitest";
import { difference, wilson } from "../../src/stats/interval.ts";

/** R. G. Newcombe, Statistics in Medicine 17 (1998) 857–872, table I, method 3. */
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])("Wilson: %i of %i", (hits, total, low, high) => {
  const interval = wilson(hits, total);
  expect(interval.low).toBeCloseTo(low, 4);
  expect(interval.high).toBeCloseTo(high, 4);
});

/** R. G. Newcombe, Statistics in Medicine 17 (1998) 873–890, table II, method 10. */
test.each([
  [56, 70, 48, 80, 0.0524, 0.3339],
  [9, 10, 3, 10, 0.1705, 0.809],
  [6, 7, 2, 7, 0.0582, 0.8062],
  [5, 56, 0, 29, -0.0381, 0.1926],
  [0, 10, 0, 20, -0.1611, 0.2775],
  [0, 10, 0, 10, -0.2775, 0.2775],
  [10, 10, 0, 20, 0.6791, 1],
  [10, 10, 0, 10, 0.6075, 1],
])("Newcombe: %i/%i − %i/%i", (a, m, b, n, low, high) => {
  const interval = difference({ hits: a, total: m }, { hits: b, total: n });
  expect(interval.low).toBeCloseTo(low, 4);
  expect(interval.high).toBeCloseTo(high, 4);
});

test("intervals hold their estimate, stay in range and mirror each other", () => {
  const share = fc
    .integer({ min: 1, max: 5_000 })
    .chain((total) => fc.record({ hits: fc.integer({ min: 0, max: total }), total: fc.constant(total) }));
  fc.assert(
    fc.property(share, share, (first, second) => {
      const one = wilson(first.hits, first.total);
      expect(
        0 <= one.low && one.low <= first.hits / first.total && first.hits / first.total <= one.high && one.high <= 1,
      ).toBe(true);
      const there = difference(first, second);
      const back = difference(second, first);
      expect(there.low).toBeGreaterThanOrEqual(-1 - 1e-12);
      expect(there.high).toBeLessThanOrEqual(1 + 1e-12);
      expect(there.low).toBeLessThanOrEqual(there.difference);
      expect(there.high).toBeCloseTo(-back.low, 12);
    }),
  );
});

test("nobody is no proportion", () => {
  expect(() => wilson(0, 0)).toThrow(RangeError);
  expect(() => wilson(3, 2)).toThrow(RangeError);
});
