import { expect, test } from "vitest";
import { expectedValue, fitGammaGamma } from "../../src/stats/gamma-gamma.ts";
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

test("a base without an average says nothing", () => {
  expect(expectedValue({ p: 2, q: 0.9, v: 10 }, 0, 0)).toBeUndefined();
});
