/** Two-sided interval of a share or of a difference of two shares. */
export interface Interval {
  low: number;
  high: number;
}

/** Standard normal quantile of 97.5 %, so intervals cover 95 %. */
const Z = 1.959963984540054;

/**
 * Wilson's score interval for a proportion, without continuity correction. It stays within 0…1 and is usable when counts are
 * small or 0. E. B. Wilson, JASA 22 (1927) 209–212; method 3 of R. G. Newcombe, Statistics in Medicine 17 (1998) 857–872.
 * @throws RangeError unless 0 ≤ hits ≤ total and total ≥ 1
 */
export function wilson(hits: number, total: number): Interval {
  if (!(total >= 1 && hits >= 0 && hits <= total)) throw new RangeError(`${hits} of ${total} is no proportion`);
  const share = hits / total;
  const centre = 2 * hits + Z * Z;
  const reach = Z * Math.sqrt(Z * Z + 4 * hits * (1 - share));
  const width = 2 * (total + Z * Z);
  return {
    low: hits === 0 ? 0 : Math.max(0, (centre - reach) / width),
    high: hits === total ? 1 : Math.min(1, (centre + reach) / width),
  };
}

/**
 * Difference of two independent proportions, first minus second, with Newcombe's hybrid of the two Wilson intervals:
 * method 10 of R. G. Newcombe, Statistics in Medicine 17 (1998) 873–890. Keeps its coverage where the textbook
 * (Wald) interval fails: few members, shares near 0 or 1.
 */
export function difference(
  first: { hits: number; total: number },
  second: { hits: number; total: number },
): Interval & { difference: number } {
  const p1 = first.hits / first.total;
  const p2 = second.hits / second.total;
  const one = wilson(first.hits, first.total);
  const two = wilson(second.hits, second.total);
  return {
    difference: p1 - p2,
    low: p1 - p2 - Math.hypot(p1 - one.low, two.high - p2),
    high: p1 - p2 + Math.hypot(one.high - p1, p2 - two.low),
  };
}
