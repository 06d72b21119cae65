import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Draws from the usual distributions; the same seed and stream give the same draws. */
export interface Random {
  /** [0, 1) */
  unit(): number;
  /** whole number in [from, to] */
  int(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  normal(): number;
  /** exp(normal) around a median */
  lognormal(median: number, sigma: number): number;
  /** mean 1 / rate */
  exponential(rate: number): number;
  /** mean shape × scale */
  gamma(shape: number, scale: number): number;
  poisson(mean: number): number;
}

/** @param stream each customer draws from a stream of their own, so that none depends on another's draws */
export function seeded(seed: number, stream: number): Random {
  const source = xoroshiro128plus(Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b));
  // neighbouring seeds begin alike
  for (let i = 0; i < 8; i++) source.next();
  const unit = () => (source.next() >>> 0) / 2 ** 32;
  const normal = () => Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit());
  const random: Random = {
    unit,
    normal,
    int: (from, to) => from + Math.floor(unit() * (to - from + 1)),
    chance: (probability) => unit() < probability,
    pick: (items) => items[Math.floor(unit() * items.length)]!,
    lognormal: (median, sigma) => median * Math.exp(sigma * normal()),
    exponential: (rate) => -Math.log(1 - unit()) / rate,
    gamma: (shape, scale) => scale * standardGamma(shape, unit, normal),
    poisson(mean) {
      let count = -1;
      for (let product = 1, limit = Math.exp(-mean); product > limit; count++) product *= 1 - unit();
      return Math.max(0, count);
    },
  };
  return random;
}

/** Marsaglia and Tsang (2000), "A simple method for generating gamma variables". */
function standardGamma(shape: number, unit: () => number, normal: () => number): number {
  if (shape < 1) return standardGamma(shape + 1, unit, normal) * (1 - unit()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - unit()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
