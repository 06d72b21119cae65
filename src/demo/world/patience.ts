import { setTimeout as sleep } from "node:timers/promises";

const LIMIT_MS = 120_000;

/** Does something again, a little later each time, for as long as it fails in a way that passes. */
export async function patiently<T>(what: () => Promise<T>, passes: (error: unknown) => boolean): Promise<T> {
  const until = Date.now() + LIMIT_MS;
  for (let attempt = 1; ; attempt++) {
    try {
      return await what();
    } catch (error) {
      if (!passes(error) || Date.now() > until) throw error;
      await sleep(Math.min(100 * 2 ** attempt, 2_000));
    }
  }
}
