const MOST_TERMS = 200_000;
const PRECISION = 1e-15;

/**
 * Gauss's hypergeometric series ₂F₁(a, b; c; z) for 0 ≤ z < 1 and c that is no integer ≤ 0, term by term until terms no
 * longer count. Terms fall like n^(a+b−c−1) zⁿ, so near z = 1 it is meant for a + b < c.
 */
export function hypergeometric(a: number, b: number, c: number, z: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 0; n < MOST_TERMS; n++) {
    term *= (((a + n) * (b + n)) / ((c + n) * (n + 1))) * z;
    sum += term;
    if (Math.abs(term) <= PRECISION * Math.abs(sum)) break;
  }
  return sum;
}
