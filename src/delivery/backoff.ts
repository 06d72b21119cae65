const LONGEST_MS = 15 * 60_000;

/**
 * How long to wait after so many failures in a row: doubling from `firstMs` to 15 minutes, spread so that those that
 * failed together do not come back together.
 */
export function backoff(failures: number, firstMs = 5_000): number {
  return Math.min(LONGEST_MS, firstMs * 2 ** Math.min(failures - 1, 20)) * (0.75 + Math.random() / 2);
}
