import fc from "../support/property.ts";
import { expect, test } from "vitest";
import { ratioOf, toDecimal, toNumber } from "../../src/stats/ratio.ts";
import { judge } from "../../src/stats/verdict.ts";

const verdict = (numerator: number, denominator: number, bounds: { atLeast?: number; atMost?: number }, open = 0) =>
  judge({ numerator, denominator, open }, bounds).verdict;

test("at least: exactly on the target is met, a tenth above is exceeded", () => {
  expect(verdict(69, 100, { atLeast: 0.7 })).toBe("missed");
  expect(verdict(70, 100, { atLeast: 0.7 })).toBe("met");
  expect(verdict(76, 100, { atLeast: 0.7 })).toBe("met");
  expect(verdict(77, 100, { atLeast: 0.7 })).toBe("exceeded");
  // 0.1 × 3 = 0.30000000000000004 in binary: fractions do not care
  expect(verdict(3, 10, { atLeast: 0.3 })).toBe("met");
  expect(verdict(33, 100, { atLeast: 0.3 })).toBe("exceeded");
});

test("at most: less is better", () => {
  expect(verdict(500_001, 100, { atMost: 5_000 })).toBe("missed");
  expect(verdict(500_000, 100, { atMost: 5_000 })).toBe("met");
  expect(verdict(450_001, 100, { atMost: 5_000 })).toBe("met");
  expect(verdict(450_000, 100, { atMost: 5_000 })).toBe("exceeded");
  expect(verdict(0, 100, { atMost: 0 })).toBe("met");
});

test("both sides: the worse one counts", () => {
  expect(verdict(50, 100, { atLeast: 0.4, atMost: 0.6 })).toBe("exceeded");
  expect(verdict(59, 100, { atLeast: 0.4, atMost: 0.6 })).toBe("met");
  expect(verdict(61, 100, { atLeast: 0.4, atMost: 0.6 })).toBe("missed");
});

test("while a window is open it is too early, and what it would be is said apart", () => {
  expect(judge({ numerator: 99, denominator: 100, open: 1 }, { atLeast: 0.7 })).toMatchObject({
    verdict: "too early",
    asOfNow: "exceeded",
  });
  expect(judge({ numerator: 0, denominator: 0, open: 3 }, { atLeast: 0.7 })).toEqual({
    verdict: "too early",
    asOfNow: "missed",
  });
  expect(judge({ numerator: 0, denominator: 0, open: 0 }, { atLeast: 0.7 })).toEqual({
    verdict: "missed",
    asOfNow: "missed",
  });
});

test("more is never worse", () => {
  const order = ["missed", "met", "exceeded"];
  fc.assert(
    fc.property(
      fc.nat(1000),
      fc.integer({ min: 1, max: 1000 }),
      fc.double({ min: 0.001, max: 5, noNaN: true }),
      (hits, total, atLeast) => {
        const here = verdict(hits, total, { atLeast });
        expect(order.indexOf(verdict(hits + 1, total, { atLeast }))).toBeGreaterThanOrEqual(order.indexOf(here));
        expect(here === "missed").toBe(
          Number(toDecimal(judge({ numerator: hits, denominator: total, open: 0 }, { atLeast }).gap!, 30)) < 0,
        );
      },
    ),
  );
});

test("decimals are what was written, rounded half to even", () => {
  expect(ratioOf(0.7)).toEqual({ numerator: 7n, denominator: 10n });
  expect(ratioOf(1e-7)).toEqual({ numerator: 1n, denominator: 10_000_000n });
  expect(ratioOf(-2.5e21)).toEqual({ numerator: -2_500_000_000_000_000_000_000n, denominator: 1n });
  const round = (n: bigint, d: bigint, digits: number) => toDecimal({ numerator: n, denominator: d }, digits);
  expect([
    round(5n, 2n, 0),
    round(7n, 2n, 0),
    round(-5n, 2n, 0),
    round(1n, 8n, 2),
    round(3n, 8n, 2),
    round(-1n, 1000n, 2),
    round(2n, 3n, 4),
  ]).toEqual(["2", "4", "-2", "0.12", "0.38", "0.00", "0.6667"]);
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), (value) => {
      expect(toNumber(ratioOf(value))).toBeCloseTo(value, 6);
    }),
  );
  expect(() => ratioOf(NaN)).toThrow(RangeError);
});
