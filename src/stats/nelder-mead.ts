export interface Minimum {
  at: number[];
  value: number;
  evaluations: number;
  /** false: stopped by the limit of evaluations */
  converged: boolean;
}

interface Vertex {
  at: number[];
  value: number;
}

const MOST = 4_000;
/** First edge of the simplex; our functions take logarithms, so this is a factor of about 1.6. */
const EDGE = 0.5;
/** Ends when all corners are as good as the best, relatively, and as near to it, absolutely. */
const FLAT = 1e-12;
const NEAR = 1e-5;

/**
 * Least value of a function without derivatives: Nelder & Mead, The Computer Journal 7 (1965) 308–313, begun anew from
 * where it ended until that no longer helps, since a simplex can collapse before it has arrived. Values that are not
 * numbers count as infinitely bad.
 */
export function minimise(f: (at: number[]) => number, start: number[]): Minimum {
  let evaluations = 0;
  const measure = (at: number[]): Vertex => {
    evaluations++;
    const value = f(at);
    return { at, value: Number.isNaN(value) ? Infinity : value };
  };
  let best = measure(start);
  for (;;) {
    const found = descend(measure, best, () => evaluations >= MOST);
    const gained = best.value - found.value;
    best = found;
    const settled = Number.isFinite(best.value) && gained <= 1e-9 * Math.abs(best.value);
    if (settled || evaluations >= MOST) return { ...best, evaluations, converged: settled };
  }
}

function descend(measure: (at: number[]) => Vertex, start: Vertex, spent: () => boolean): Vertex {
  const n = start.at.length;
  const simplex = [start, ...start.at.map((_, i) => measure(start.at.map((x, j) => (i === j ? x + EDGE : x))))];
  for (;;) {
    simplex.sort((a, b) => a.value - b.value);
    const [best, worst] = [simplex[0]!, simplex[n]!];
    if (spent() || isSmall(simplex)) return best;
    const centre = best.at.map((_, i) => simplex.slice(0, n).reduce((sum, { at }) => sum + at[i]!, 0) / n);
    const along = (by: number) => measure(centre.map((x, i) => x + by * (worst.at[i]! - x)));
    const reflected = along(-1);
    if (reflected.value < best.value) {
      const expanded = along(-2);
      simplex[n] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < simplex[n - 1]!.value) simplex[n] = reflected;
    else {
      const contracted = along(reflected.value < worst.value ? -0.5 : 0.5);
      if (contracted.value < Math.min(reflected.value, worst.value)) simplex[n] = contracted;
      else {
        for (let i = 1; i <= n; i++) simplex[i] = measure(best.at.map((x, j) => (x + simplex[i]!.at[j]!) / 2));
      }
    }
  }
}

function isSmall(simplex: Vertex[]): boolean {
  const [best, worst] = [simplex[0]!, simplex.at(-1)!];
  return (
    worst.value - best.value <= FLAT * Math.abs(best.value) &&
    simplex.every(({ at }) => at.every((x, i) => Math.abs(x - best.at[i]!) <= NEAR))
  );
}
