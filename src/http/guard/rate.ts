import type { Redis } from "ioredis";
import { RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from "rate-limiter-flexible";

/** Seconds over which a rate is measured: a burst of that many seconds' worth is no fault. */
const WINDOW = 10;
/** Share of a window's requests that a process takes from Redis at once; so most requests ask nobody. */
const PORTION = 1 / 20;
const PURSES_MOST = 20_000;

interface Purse {
  left: number;
  /** wall time, ms: what is left is worth nothing afterwards */
  until: number;
  /** nothing more is to be had before `until` */
  refused: boolean;
  asking?: Promise<void>;
}

export interface Rates {
  /**
   * Spends one request of `who`; all processes share the rate as long as Redis answers, otherwise each has its own.
   * @returns 0, or after how many seconds to try again
   */
  spend(who: string, perSecond: number): number | Promise<number>;
  /** What `spend` would say, as far as this process knows; spends nothing. */
  look(who: string): number;
}

/** Request rates by name: a window in Redis from which processes take portions that they spend by themselves. */
export function openRates(redis: Redis, prefix: string): Rates {
  const purses = new Map<string, Purse>();
  const limiters = new Map<number, RateLimiterRedis>();

  function limiter(perSecond: number): RateLimiterRedis {
    const found = limiters.get(perSecond);
    if (found) return found;
    const window = { points: perSecond * WINDOW, duration: WINDOW };
    const made = new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: `rekindle:${prefix}:rate:${perSecond}`,
      ...window,
      rejectIfRedisNotReady: true,
      insuranceLimiter: new RateLimiterMemory({ keyPrefix: prefix, ...window }),
    });
    limiters.set(perSecond, made);
    return made;
  }

  async function fill(who: string, purse: Purse, perSecond: number): Promise<void> {
    const portion = Math.max(1, Math.floor(perSecond * WINDOW * PORTION));
    try {
      const { msBeforeNext } = await limiter(perSecond).consume(who, portion);
      Object.assign(purse, { left: portion, until: Date.now() + Math.max(msBeforeNext, 50), refused: false });
    } catch (refused) {
      // a limiter of last resort that cannot count lets everybody through: it is there for the server's health only
      const ms = (refused as Partial<RateLimiterRes>).msBeforeNext;
      purse.refused = ms !== undefined;
      purse.left = purse.refused ? 0 : portion;
      purse.until = Date.now() + (ms ?? 1_000);
    }
    delete purse.asking;
  }
  function purseOf(who: string): Purse {
    const found = purses.get(who);
    if (found) return found;
    if (purses.size >= PURSES_MOST) purses.clear();
    const purse = { left: 0, until: 0, refused: false };
    purses.set(who, purse);
    return purse;
  }
  async function spendLater(who: string, purse: Purse, perSecond: number): Promise<number> {
    for (;;) {
      if (purse.until > Date.now()) {
        if (purse.refused) return secondsUntil(purse);
        if (purse.left > 0) {
          purse.left -= 1;
          return 0;
        }
      }
      await (purse.asking ??= fill(who, purse, perSecond));
    }
  }
  return {
    spend(who, perSecond) {
      const purse = purseOf(who);
      if (purse.left > 0 && purse.until > Date.now()) {
        purse.left -= 1;
        return 0;
      }
      return spendLater(who, purse, perSecond);
    },
    look(who) {
      const purse = purses.get(who);
      return purse?.refused === true && purse.until > Date.now() ? secondsUntil(purse) : 0;
    },
  };
}

function secondsUntil({ until }: Purse): number {
  return Math.max(1, Math.ceil((until - Date.now()) / 1000));
}
