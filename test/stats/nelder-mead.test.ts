import { expect, test } from "vitest";
import { minimise } from "../../src/stats/nelder-mead.ts";

test("finds the end of Rosenbrock's valley", () => {
  const { at, converged } = minimise(([x, y]) => (1 - x!) ** 2 + 100 * (y! - x! ** 2) ** 2, [-1.2, 1]);
  expect(converged).toBe(true);
  expect(at[0]).toBeCloseTo(1, 4);
  expect(at[1]).toBeCloseTo(1, 4);
});

test("keeps away from where there is no value", () => {
  const { at } = minimise(([x]) => (x! < 2 ? NaN : (x! - 1) ** 2), [5]);
  expect(at[0]).toBeCloseTo(2, 4);
});

test("says when it did not arrive", () => {
  expect(minimise(([x]) => -x!, [0]).converged).toBe(false);
});
