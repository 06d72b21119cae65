import { logGamma } from "./log-gamma.ts";
import { finish, minimising, type Steps } from "./nelder-mead.ts";

/**
 * Gamma-Gamma: what a customer's purchases are worth, independent of how many there are. P. S. Fader and B. G. S. Hardie,
 * The Gamma-Gamma Model of Monetary Value (2013), brucehardie.com/notes/025. The worth of a purchase is gamma (p, ν),
 * ν gamma (q, v) over the base; v is in the unit of the worth.
 */
export interface GammaGamma {
  p: number;
  q: number;
  v: number;
}

/** What customers have spent; one entry per distinct pair. */
export interface Spending {
  /** purchases, at least 1 */
  x: ArrayLike<number>;
  /** their average worth, above 0 */
  mean: ArrayLike<number>;
  /** customers with this pair */
  n: ArrayLike<number>;
}

export interface GammaGammaFit extends GammaGamma {
  logLikelihood: number;
  evaluations: number;
  converged: boolean;
}

/**
 * Where ln parameters are looked for, around 1 or the average. A base that is not at all like the model has its best fit
 * at infinity; within these limits it ends in a usable one, which goes by the base's average.
 */
const WIDEST = [7, 7, 16];

/** Maximum likelihood (equation 1a of the note). */
export function fitGammaGamma(spending: Spending): GammaGammaFit {
  return finish(fittingGammaGamma(spending));
}

export function* fittingGammaGamma({ x, mean, n }: Spending): Steps<GammaGammaFit> {
  const customers = new Map<number, number>();
  let [total, all, logMeans] = [0, 0, 0];
  for (let i = 0; i < n.length; i++) {
    customers.set(x[i]!, (customers.get(x[i]!) ?? 0) + n[i]!);
    total += mean[i]! * n[i]!;
    all += n[i]!;
    logMeans += n[i]! * Math.log(mean[i]!);
  }
  const unit = total / all;
  const likelihood = (at: number[]): number => {
    const [p, q, v] = at.map(Math.exp) as [number, number, number];
    let sum = -logMeans;
    for (const [count, members] of customers) {
      sum += members * (logGamma(p * count + q) - logGamma(p * count) - logGamma(q) + q * Math.log(v));
    }
    // x z / (x z + v) to the power p x, times (x z + v) to the power −q
    for (let i = 0; i < n.length; i++) {
      const spent = x[i]! * mean[i]!;
      sum -= n[i]! * (p * x[i]! * Math.log1p(v / spent) + q * Math.log(spent + v));
    }
    return sum;
  };
  const start = [0, 1, Math.log(unit)];
  const centre = [0, 0, Math.log(unit)];
  const beyond = (at: number[]) => at.some((each, i) => Math.abs(each - centre[i]!) > WIDEST[i]!);
  const found = yield* minimising((at) => (beyond(at) ? Infinity : -likelihood(at)), start);
  const [p, q, v] = found.at.map(Math.exp) as [number, number, number];
  const { evaluations, converged } = found;
  return { p, q, v, logLikelihood: -found.value, evaluations, converged };
}

/**
 * Whether customers who have bought can be spoken of: always where the base has an average (q > 1). Amounts may spread so
 * widely that it has none (q ≤ 1); each buyer still has an expectation, drawn upwards by the tail. It is believed while
 * that draws a single purchase up by no more than its double.
 */
export function speaksOfBuyers({ p, q }: GammaGamma): boolean {
  return p + q - 1 >= p / 2;
}

/**
 * Expected worth of a purchase of a customer with x purchases of this average: the base's average and the customer's own,
 * weighted (equation 5). Undefined where there is none: for q ≤ 1, who has bought nothing or too little.
 */
export function expectedValue({ p, q, v }: GammaGamma, x: number, mean: number): number | undefined {
  const weight = p * x + q - 1;
  return weight > 0 ? (p * (v + x * mean)) / weight : undefined;
}
