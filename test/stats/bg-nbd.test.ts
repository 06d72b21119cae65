import fc from "../support/property.ts";
import { expect, test } from "vitest";
import { type Random, seeded } from "../../src/demo/generate/random.ts";
import { type BgNbd, expectedPurchases, fitBgNbd, probabilityAlive } from "../../src/stats/bg-nbd.ts";
import { logGamma } from "../../src/stats/log-gamma.ts";
import { cdnow, histories } from "./support/cdnow.ts";

/** Fader, Hardie & Lee, Marketing Science 24 (2005), table 2. */
test("CDNOW: the published fit, to the published digits", () => {
  expect(cdnow).toHaveLength(2357);
  const fit = fitBgNbd(histories(cdnow));
  expect(fit.converged).toBe(true);
  expect(fit.r).toBeCloseTo(0.243, 3);
  expect(fit.alpha).toBeCloseTo(4.414, 2);
  expect(fit.a).toBeCloseTo(0.793, 3);
  expect(fit.b).toBeCloseTo(2.426, 3);
  expect(fit.logLikelihood).toBeCloseTo(-9582.4, 1);
});

/** The customer that the authors work out in their note on BG/NBD in Excel: x = 2, t_x = 30.43, T = 38.86, next 39 weeks. */
test("CDNOW: expected purchases of the customer that the authors work out", () => {
  const fit = fitBgNbd(histories(cdnow));
  expect(probabilityAlive(fit, 2, 30.43, 38.86) * expectedPurchases(fit, 2, 38.86, 39)).toBeCloseTo(1.226, 3);
});

test("the unit of time does not matter, and like histories may be told together", () => {
  const weeks = fitBgNbd(histories(cdnow));
  const days = fitBgNbd(histories(cdnow, 7));
  expect(days.alpha / 7).toBeCloseTo(weeks.alpha, 3);
  expect([days.r, days.a, days.b].map((each) => each.toFixed(3))).toEqual(
    [weeks.r, weeks.a, weeks.b].map((each) => each.toFixed(3)),
  );
  const counts = new Map<string, number>();
  for (const { x, tx, T } of cdnow) {
    const key = JSON.stringify({ x, tx, T });
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const grouped = histories([...counts.keys()].map((key) => JSON.parse(key)));
  const together = fitBgNbd({ ...grouped, n: [...counts.values()] });
  expect(counts.size).toBeLessThan(cdnow.length);
  expect(together.logLikelihood).toBeCloseTo(weeks.logLikelihood, 6);
  expect(together.alpha).toBeCloseTo(weeks.alpha, 4);
});

test("a base drawn from the model gives back what it was drawn from", () => {
  const random = seeded(20_260_401, 0);
  const fit = fitBgNbd(histories(Array.from({ length: 20_000 }, () => drawHistory(random))));
  expect(Math.abs(fit.r / 2 - 1)).toBeLessThan(0.08);
  expect(Math.abs(fit.alpha / 60 - 1)).toBeLessThan(0.08);
  expect(Math.abs(fit.a / (fit.a + fit.b) / (1 / 3) - 1)).toBeLessThan(0.05);
});

const parameters = fc.record({
  r: fc.double({ min: 0.05, max: 5, noNaN: true }),
  alpha: fc.double({ min: 0.5, max: 100, noNaN: true }),
  a: fc.double({ min: 0.05, max: 6, noNaN: true }),
  b: fc.double({ min: 0.05, max: 10, noNaN: true }),
});

test("expected purchases are what the model's own integral says", () => {
  const history = fc.record({ x: fc.nat(60), T: fc.nat(800), t: fc.constantFrom(1, 30, 90, 365) });
  fc.assert(
    fc.property(parameters, history, (model, { x, T, t }) => {
      // smooth at both ends, so that a simple rule integrates it exactly enough
      const smooth = { ...model, a: model.a + 2, b: model.b + 3 };
      const expected = integral(smooth, x, T, t);
      expect(Math.abs(expectedPurchases(smooth, x, T, t) / expected - 1)).toBeLessThan(1e-5);
    }),
    { numRuns: 200 },
  );
});

test("whatever the base is like, expectations are finite, grow with time and shrink with silence", () => {
  const history = fc.record({ x: fc.nat(3_000), tx: fc.nat(2_000), more: fc.nat(2_000) });
  fc.assert(
    fc.property(parameters, history, (model, { x, tx, more }) => {
      const T = tx + more;
      const next = [30, 90, 365].map((t) => expectedPurchases(model, x, T, t));
      expect(next.every((each) => Number.isFinite(each) && each >= 0)).toBe(true);
      expect(next[0]! <= next[1]! && next[1]! <= next[2]!).toBe(true);
      const alive = probabilityAlive(model, x, tx, T);
      expect(alive >= 0 && alive <= 1).toBe(true);
      expect(probabilityAlive(model, x, tx, T + 100)).toBeLessThanOrEqual(alive);
    }),
    { numRuns: 500 },
  );
});

test("parameters at the edge of the search, where all customers are alike, give numbers too", () => {
  const edge = fc.constantFrom(1e-5, 0.01, 1, 30, 31, 100, 1e3, 1e5);
  const any = fc.record({ r: edge, alpha: edge, a: edge, b: edge });
  fc.assert(
    fc.property(any, fc.nat(2_000), fc.nat(2_000), (model, x, T) => {
      const next = [30, 90, 365].map((t) => expectedPurchases(model, x, T, t));
      expect(next.every((each) => Number.isFinite(each) && each >= 0)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
  const alike = { r: 2, alpha: 50, a: 60, b: 200 };
  expect(expectedPurchases(alike, 4, 100, 90) / integral(alike, 4, 100, 90)).toBeCloseTo(1, 8);
});

test("a = 1 and a + b = 1, where the formula divides by zero, are as their neighbours", () => {
  for (const [a, b, x] of [
    [1, 2, 3],
    [0.4, 0.6, 0],
    [1, 0.5, 0],
  ] as const) {
    const at = expectedPurchases({ r: 0.5, alpha: 7, a, b }, x, 100, 90);
    const beside = expectedPurchases({ r: 0.5, alpha: 7, a: a + 1e-5, b }, x, 100, 90);
    expect(at).toBeGreaterThan(0);
    expect(Math.abs(at / beside - 1)).toBeLessThan(1e-4);
  }
});

test("ln Γ", () => {
  for (const [x, value] of [
    [0.5, 0.5723649429247001],
    [1, 0],
    [2, 0],
    [10.5, 13.940625219403763],
    [1e-6, 13.815509980749432],
    [1e6, 12815504.569147611],
  ] as const)
    expect(Math.abs(logGamma(x) - value)).toBeLessThan(1e-13 * Math.max(1, value));
  const any = fc.double({ min: 1e-3, max: 1e4, noNaN: true });
  fc.assert(
    fc.property(any, (x) => {
      expect(Math.abs(logGamma(x + 1) - logGamma(x) - Math.log(x))).toBeLessThan(1e-9);
    }),
  );
});

/**
 * ∫ (1 − ((α + T) / (α + T + p t))^(r + x)) / p of p's beta (a, b + x), by Simpson's rule over u where p = u³: for somebody
 * who buys a lot, all that matters happens next to 0.
 */
function integral({ r, alpha, a, b }: BgNbd, x: number, T: number, t: number): number {
  const logBeta = logGamma(a) + logGamma(b + x) - logGamma(a + b + x);
  const at = (u: number) => {
    if (u <= 0 || u >= 1) return 0;
    const p = u ** 3;
    const density = Math.exp((a - 1) * Math.log(p) + (b + x - 1) * Math.log1p(-p) - logBeta);
    return density * ((1 - ((alpha + T) / (alpha + T + p * t)) ** (r + x)) / p) * 3 * u * u;
  };
  const parts = 20_000;
  let sum = 0;
  for (let i = 0; i <= parts; i++) sum += at(i / parts) * (i === 0 || i === parts ? 1 : i % 2 === 1 ? 4 : 2);
  return sum / parts / 3;
}

/** r = 2, alpha = 60 days, a = 1, b = 2; up to two years. */
function drawHistory(random: Random): { x: number; tx: number; T: number } {
  const rate = random.gamma(2, 1 / 60);
  const leaves = 1 - Math.sqrt(1 - random.unit());
  const T = random.int(1, 730);
  const history = { x: 0, tx: 0, T };
  for (let at = random.exponential(rate); at <= T; at += random.exponential(rate)) {
    history.x++;
    history.tx = Math.round(at);
    if (random.chance(leaves)) break;
  }
  return history;
}
