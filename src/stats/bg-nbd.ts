import { hypergeometric } from "./hypergeometric.ts";
import { logGamma } from "./log-gamma.ts";
import { finish, minimising, type Steps } from "./nelder-mead.ts";

/**
 * BG/NBD: how often customers buy and when they stop, from nothing but when they bought. P. S. Fader, B. G. S. Hardie and
 * K. L. Lee, "Counting Your Customers" the Easy Way, Marketing Science 24 (2005) 275–284.
 *
 * A live customer buys at a rate λ of their own, gamma (r, alpha) over the base; after each repeat purchase they leave for
 * good with a probability p of their own, beta (a, b) over the base. Time is in any one unit; alpha is in the same.
 */
export interface BgNbd {
  r: number;
  alpha: number;
  a: number;
  b: number;
}

/** How customers have bought; each list holds one entry per distinct history. */
export interface Histories {
  /** repeat purchases */
  x: ArrayLike<number>;
  /** time from the first purchase to the last; 0 when x is 0 */
  tx: ArrayLike<number>;
  /** time from the first purchase until now */
  T: ArrayLike<number>;
  /** customers with this history */
  n: ArrayLike<number>;
}

export interface BgNbdFit extends BgNbd {
  logLikelihood: number;
  evaluations: number;
  converged: boolean;
}

/** Where ln parameters are looked for: e^±12. */
const WIDEST = 12;
/** So near to its pole a formula is taken a little beside it. */
const BESIDE = 1e-7;
/** An a beyond this says that all customers leave alike. */
const LARGE = 30;

/** Maximum likelihood. */
export function fitBgNbd(histories: Histories): BgNbdFit {
  return finish(fittingBgNbd(histories));
}

export function* fittingBgNbd(histories: Histories): Steps<BgNbdFit> {
  const { T, n } = histories;
  let [time, customers] = [0, 0];
  for (let i = 0; i < n.length; i++) {
    time += T[i]! * n[i]!;
    customers += n[i]!;
  }
  const likelihood = likelihoodOf(histories);
  const start = [0, Math.log(Math.max(time / customers / 4, 1e-3)), 0, 0.5];
  const found = yield* minimising(
    (at) => (at.some((each) => Math.abs(each) > WIDEST) ? Infinity : -likelihood(at)),
    start,
  );
  const [r, alpha, a, b] = found.at.map(Math.exp) as [number, number, number, number];
  const { evaluations, converged } = found;
  return { r, alpha, a, b, logLikelihood: -found.value, evaluations, converged };
}

/**
 * Log-likelihood of ln r, ln alpha, ln a, ln b. Gamma functions are needed once per distinct x, logarithms once per
 * distinct time; for each history one exponential remains.
 */
function likelihoodOf({ x, tx, T, n }: Histories): (at: number[]) => number {
  const counts = index(x);
  const times = index([...distinct(tx), ...distinct(T)]);
  const [xAt, txAt, TAt] = [places(x, counts), places(tx, times), places(T, times)];
  return (at) => {
    const [r, alpha, a, b] = at.map(Math.exp) as [number, number, number, number];
    const logs = times.values.map((time) => Math.log(alpha + time));
    const ofX = counts.values.map((count) => ({
      shape: r + count,
      all:
        logGamma(r + count) -
        logGamma(r) +
        r * at[1]! +
        logGamma(a + b) +
        logGamma(b + count) -
        logGamma(b) -
        logGamma(a + b + count),
      left: count > 0 ? at[2]! - Math.log(b + count - 1) : -Infinity,
    }));
    let sum = 0;
    for (let i = 0; i < n.length; i++) {
      const { shape, all, left } = ofX[xAt[i]!]!;
      const stayed = -shape * logs[TAt[i]!]!;
      const gone = left - shape * logs[txAt[i]!]!;
      sum += n[i]! * (all + logOfSum(gone, stayed));
    }
    return sum;
  };
}

/** Further apart than this, the lesser of two no longer shows in a double. */
const APART = 40;

/** ln (eᵃ + eᵇ) */
function logOfSum(a: number, b: number): number {
  const most = Math.max(a, b);
  const gap = Math.abs(a - b);
  return gap > APART ? most : most + Math.log1p(Math.exp(-gap));
}

/** Probability that a customer with this history has not left; 1 when x is 0: only a repeat purchase can be the last. */
export function probabilityAlive({ r, alpha, a, b }: BgNbd, x: number, tx: number, T: number): number {
  if (x === 0) return 1;
  return 1 / (1 + Math.exp(Math.log(a / (b + x - 1)) + (r + x) * Math.log((alpha + T) / (alpha + tx))));
}

/**
 * Expected purchases in the next t of a customer who is still there; times probabilityAlive it is equation 10 of the
 * paper. Its ₂F₁ is turned by Euler's transformation, ₂F₁(A, B; C; z) = (1 − z)^(C−A−B) ₂F₁(C−A, C−B; C; z), which
 * neither overflows nor is slow for customers who buy a lot. It does not depend on when the last purchase was.
 */
export function expectedPurchases({ r, alpha, a, b }: BgNbd, x: number, T: number, t: number): number {
  const own = Math.abs(a - 1) < BESIDE ? a + 2 * BESIDE : a;
  const sum = own + b + x - 1;
  const c = Math.abs(sum) < BESIDE ? sum + 2 * BESIDE : sum;
  const z = t / (alpha + T + t);
  // for a large a the transformed series grows beyond a double, and the one of the paper is well behaved
  const left =
    own > LARGE
      ? (1 - z) ** (r + x) * hypergeometric(r + x, b + x, c, z)
      : (1 - z) ** (own - 1) * hypergeometric(own + b - 1 - r, own - 1, c, z);
  if (Number.isFinite(left)) return Math.max(0, (c / (own - 1)) * (1 - left));
  // where both fail, p is as good as the same for all
  const p = a / (a + b + x);
  return (1 - (1 + (p * t) / (alpha + T)) ** -(r + x)) / p;
}

interface Index {
  values: number[];
  place: Map<number, number>;
}

function distinct(list: ArrayLike<number>): Set<number> {
  return new Set(Array.from(list));
}

function index(list: ArrayLike<number>): Index {
  const values = [...distinct(list)];
  return { values, place: new Map(values.map((value, i) => [value, i])) };
}

function places(list: ArrayLike<number>, { place }: Index): Int32Array {
  return Int32Array.from(list, (value) => place.get(value)!);
}
