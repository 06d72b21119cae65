import { expect, test } from "vitest";
import { expectedValue, fitGammaGamma, speaksOfBuyers } from "../../src/stats/gamma-gamma.ts";
import { cdnow } from "./support/cdnow.ts";

const buyers = cdnow.filter(({ x }) => x > 0);
const spending = (unit: number) => ({
  x: buyers.map(({ x }) => x),
  mean: buyers.map(({ mean }) => mean * unit),
  n: buyers.map(() => 1),
});

/** Fader & Hardie, The Gamma-Gamma Model of Monetary Value (2013), section 4: p 6.25, q 3.74, v 15.44. */
test("CDNOW's 946 repeat buyers: the published fit, to three digits", () => {
  expect(buyers).toHaveLength(946);
  const fit = fitGammaGamma(spending(1));
  expect(fit.converged).toBe(true);
  expect(fit.p.toPrecision(3)).toBe("6.25");
  expect(fit.q.toPrecision(3)).toBe("3.74");
  expect(fit.v.toPrecision(3)).toBe("15.4");
});

test("the unit of money moves only v", () => {
  const [one, hundred] = [fitGammaGamma(spending(1)), fitGammaGamma(spending(100))];
  expect(hundred.v / 100).toBeCloseTo(one.v, 3);
  expect(hundred.p).toBeCloseTo(one.p, 3);
  expect(hundred.q).toBeCloseTo(one.q, 3);
});

test("a customer's expected worth lies between the base's average and their own, nearer to their own the more they bought", () => {
  const model = { p: 6.25, q: 3.74, v: 15.44 };
  const base = expectedValue(model, 0, 0)!;
  expect(base).toBeCloseTo((6.25 * 15.44) / 2.74, 10);
  const [once, often] = [expectedValue(model, 1, 100)!, expectedValue(model, 30, 100)!];
  expect(base).toBeLessThan(once);
  expect(once).toBeLessThan(often);
  expect(often).toBeLessThan(100);
  expect(often).toBeGreaterThan(97);
});

test("a base without an average says nothing of who has not bought, and of buyers only what their own purchases bear", () => {
  const wide = { p: 2, q: 0.9, v: 10 };
  expect(expectedValue(wide, 0, 0)).toBeUndefined();
  expect(speaksOfBuyers(wide)).toBe(true);
  expect(expectedValue(wide, 1, 100)).toBeCloseTo((2 * 110) / 1.9, 10);
  expect(expectedValue(wide, 40, 100)).toBeCloseTo((2 * 4_010) / 79.9, 10);
  // here a single purchase would be taken for many times what it was
  expect(speaksOfBuyers({ p: 0.5, q: 0.6, v: 10 })).toBe(false);
});

/** A few who spend a hundred times what the others do: no average, yet everybody keeps to their own amounts. */
test("a shop of small and very large customers expects of each about what they spend", () => {
  const ladder = Array.from({ length: 400 }, (_, i) => 20 * 1.02 ** i);
  const fit = fitGammaGamma({ x: ladder.map((_, i) => 2 + (i % 5)), mean: ladder, n: ladder.map(() => 1) });
  expect(fit.q).toBeLessThan(1);
  expect(speaksOfBuyers(fit)).toBe(true);
  for (const mean of [30, 3_000, 30_000]) {
    const expected = expectedValue(fit, 3, mean)!;
    expect(expected / mean).toBeGreaterThan(1);
    expect(expected / mean).toBeLessThan(2);
  }
});
