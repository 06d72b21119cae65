import { ClientError } from "./error.ts";

/** How often what may pass is tried again, and how far apart. */
export interface Patience {
  /** tries besides the first; 8 */
  retries?: number;
  /** about how long to wait before the first of them; doubled each time; 200 */
  firstMs?: number;
  /** 30,000; Retry-After may ask for more */
  longestMs?: number;
}

/** No more than this is waited because a server asks for it. */
const LONGEST_ASKED_MS = 300_000;

/**
 * Does something again while it fails in a way that may pass, at doubling distances that chance spreads, so that clients
 * that were turned away together do not come back together.
 * @throws ClientError of the last try; what `signal` was aborted with
 */
export async function patiently<T>(
  work: () => Promise<T>,
  passes: (failure: ClientError) => boolean,
  { retries = 8, firstMs = 200, longestMs = 30_000 }: Patience,
  signal?: AbortSignal,
): Promise<T> {
  for (let failed = 0; ; failed++) {
    try {
      return await work();
    } catch (failure) {
      signal?.throwIfAborted();
      if (!(failure instanceof ClientError) || failed >= retries || !passes(failure)) throw failure;
      const own = Math.min(longestMs, firstMs * 2 ** failed) * (0.5 + Math.random() / 2);
      await pause(Math.max(own, Math.min(failure.retryMs ?? 0, LONGEST_ASKED_MS)), signal);
    }
  }
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    function stop() {
      clearTimeout(timer);
      reject(signal!.reason as Error);
    }
    signal?.addEventListener("abort", stop, { once: true });
  });
}
