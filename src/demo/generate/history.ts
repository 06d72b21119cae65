import type { Random } from "./random.ts";

/** Days are counted from the as-of time: yesterday is -1. */
export const HISTORY_DAYS = 730;

export interface Purchase {
  day: number;
  /** what is to be spent, CNY; the basket comes close */
  spend: number;
}
export interface History {
  joined: number;
  purchases: Purchase[];
}

/** Groups whose size is set; everybody else is drawn. docs/demo-world.md explains each figure. */
export type Stratum =
  | "mid-value stopped"
  | "mid-value active"
  | "high-value active"
  | "high-value stopped"
  | "one-time"
  | "new"
  | "never"
  | "regular";

const SHARES: [Stratum, number][] = [
  ["mid-value active", 0.03],
  ["high-value active", 0.015],
  ["high-value stopped", 0.004],
  ["one-time", 0.22],
  ["new", 0.06],
  ["never", 0.08],
];

export function drawStratum(random: Random): Stratum {
  let rest = random.unit();
  for (const [stratum, share] of SHARES) {
    rest -= share;
    if (rest < 0) return stratum;
  }
  return "regular";
}

/** @param month month of the year, 0 to 11, of a day */
export function drawHistory(random: Random, stratum: Stratum, month: (day: number) => number): History {
  switch (stratum) {
    case "mid-value stopped":
      return contract(random, month, {
        total: within(random, 68_000, 0.25, 52_500, 97_000),
        from: -350,
        to: -186,
        orders: 3 + random.poisson(5),
      });
    case "mid-value active":
      return contract(random, month, {
        total: within(random, 68_000, 0.25, 52_500, 97_000),
        from: -350,
        to: -1,
        orders: 6 + random.poisson(6),
        last: -random.int(1, 110),
      });
    case "high-value active":
      return contract(random, month, {
        total: within(random, 190_000, 0.5, 125_000, 900_000),
        from: -350,
        to: -1,
        orders: 14 + random.poisson(14),
        last: -random.int(1, 60),
      });
    case "high-value stopped":
      return contract(random, month, {
        total: within(random, 170_000, 0.3, 125_000, 500_000),
        from: -350,
        to: -200,
        orders: 6 + random.poisson(6),
      });
    case "never":
      return { joined: -random.int(5, 2000), purchases: [] };
    case "one-time": {
      const day = -random.int(1, HISTORY_DAYS - 1);
      return { joined: day, purchases: [{ day, spend: Math.min(random.lognormal(190, 0.9), 15_000) }] };
    }
    case "new":
      return consumer(random, month, -random.int(1, 120));
    case "regular":
      return consumer(random, month, -random.int(121, 2200));
  }
}

function within(random: Random, median: number, sigma: number, low: number, high: number): number {
  for (;;) {
    const value = random.lognormal(median, sigma);
    if (value >= low && value <= high) return value;
  }
}

interface Contract {
  /** spent between `from` and `to`, CNY */
  total: number;
  from: number;
  to: number;
  orders: number;
  /** day of the latest order, if it matters */
  last?: number;
}

/** A business customer: a yearly volume spread over orders of uneven size, and about as much in the year before. */
function contract(
  random: Random,
  month: (day: number) => number,
  { total, from, to, orders, last }: Contract,
): History {
  const days = Array.from({ length: orders }, (_, i) =>
    i === 0 && last !== undefined ? last : seasonal(random, month, from, to),
  );
  const earlier = Array.from({ length: random.poisson(orders * 0.8) }, () =>
    seasonal(random, month, -HISTORY_DAYS + 1, from - 16),
  );
  const weights = days.map(() => random.gamma(3, 1));
  const sum = weights.reduce((a, b) => a + b, 0);
  const purchases = days.map((day, i) => ({ day, spend: (total * weights[i]!) / sum }));
  const usual = total / orders;
  purchases.push(...earlier.map((day) => ({ day, spend: usual * random.gamma(3, 1 / 3) })));
  return { joined: -HISTORY_DAYS - random.int(0, 1800), purchases: purchases.sort((a, b) => a.day - b.day) };
}

/**
 * A consumer after Schmittlein, Morrison and Colombo (1987): orders come at random at a personal rate until the customer
 * silently stops, after a time that is personal too.
 */
function consumer(random: Random, month: (day: number) => number, joined: number): History {
  const perDay = random.gamma(1.1, 3.4) / 365;
  const lifetime = random.exponential(random.gamma(1.5, 0.3)) * 365;
  const usual = Math.min(random.lognormal(210, 0.7), 2500);
  const until = Math.min(joined + lifetime, 0);
  const purchases: Purchase[] = [];
  const buy = (day: number) => {
    if (day > -HISTORY_DAYS && day < 0) purchases.push({ day, spend: usual * random.lognormal(0.92, 0.4) });
  };
  buy(joined);
  for (
    let day = joined + random.exponential(perDay * BUSIEST);
    day < until;
    day += random.exponential(perDay * BUSIEST)
  ) {
    const whole = Math.floor(day);
    // thinning: candidates come at the busiest month's rate, each month keeps its share of them
    if (random.chance(SEASON[month(whole)]! / BUSIEST)) buy(whole);
  }
  return { joined, purchases };
}

/** Spring festival is quiet; 18 June, 11 November and the year's end are not. */
const SEASON = [0.9, 0.7, 0.95, 1, 1.05, 1.3, 0.95, 0.95, 1.05, 1, 1.5, 1.15];
const BUSIEST = 1.5;

function seasonal(random: Random, month: (day: number) => number, from: number, to: number): number {
  for (;;) {
    const day = random.int(from, to);
    if (random.chance(SEASON[month(day)]! / BUSIEST)) return day;
  }
}
