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

/** Work that can be laid aside after each evaluation, so that whoever has other things to do can do them. */
export type Steps<T> = Generator<undefined, T>;

export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

export function minimise(f: (at: number[]) => number, start: number[]): Minimum {
  return finish(minimising(f, start));
}

/**
 * Least value of a function without derivatives: Nelder & Mead, The Computer Journal 7 (1965) 308–313, begun anew from
 * where it ended until that no longer helps, since a simplex can collapse before it has arrived. Values that are not
 * numbers count as infinitely bad.
 */
export function* minimising(f: (at: number[]) => number, start: number[]): Steps<Minimum> {
  let evaluations = 0;
  const measure = function* (at: number[]): Steps<Vertex> {
    evaluations++;
    const value = f(at);
    yield;
    return { at, value: Number.isNaN(value) ? Infinity : value };
  };
  let best = yield* measure(start);
  for (;;) {
    const found = yield* descend(measure, best, () => evaluations >= MOST);
    const gained = best.value - found.value;
    best = found;
    const settled = Number.isFinite(best.value) && gained <= 1e-9 * Math.abs(best.value);
    if (settled || evaluations >= MOST) return { ...best, evaluations, converged: settled };
  }
}

function* descend(measure: (at: number[]) => Steps<Vertex>, start: Vertex, spent: () => boolean): Steps<Vertex> {
  const n = start.at.length;
  const simplex = [start];
  for (let i = 0; i < n; i++) simplex.push(yield* measure(start.at.map((x, j) => (i === j ? x + EDGE : x))));
  for (;;) {
    simplex.sort((a, b) => a.value - b.value);
    const [best, worst] = [simplex[0]!, simplex[n]!];
    if (spent() || isSmall(simplex)) return best;
    const centre = best.at.map((_, i) => simplex.slice(0, n).reduce((sum, { at }) => sum + at[i]!, 0) / n);
    const along = (by: number) => measure(centre.map((x, i) => x + by * (worst.at[i]! - x)));
    const reflected = yield* along(-1);
    if (reflected.value < best.value) {
      const expanded = yield* along(-2);
      simplex[n] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < simplex[n - 1]!.value) simplex[n] = reflected;
    else {
      const contracted = yield* along(reflected.value < worst.value ? -0.5 : 0.5);
      if (contracted.value < Math.min(reflected.value, worst.value)) simplex[n] = contracted;
      else {
        for (let i = 1; i <= n; i++) {
          simplex[i] = yield* measure(best.at.map((x, j) => (x + simplex[i]!.at[j]!) / 2));
        }
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
