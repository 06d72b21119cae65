import { countUnreacted } from "../store/event.ts";
import { reactToEvents, type ReactOptions } from "./react.ts";

/** From so many waiting events on it pays to share them out. */
const BACKLOG = 600;
const SHARES = 2;
/** of one share; what a transaction costs besides its events counts less, and its locks last longer */
const AT_ONCE = 2_000;

/**
 * Reacts to the oldest events: a handful in one transaction, a backlog in two at a time, so that Postgres and we are both
 * at work. Each has customers of its own: neither waits for the other's locks, and the events of a customer stay in order.
 * @returns whether there may be more
 */
export async function reactToBacklog(options: ReactOptions): Promise<boolean> {
  if ((await countUnreacted(options.db, BACKLOG)) < BACKLOG) return reactToEvents(options);
  const shares = Array.from({ length: SHARES }, (_, share) => reactToEvents(options, { share, of: SHARES }, AT_ONCE));
  const settled = await Promise.allSettled(shares);
  // both have ended before either's error is told, else the next round would run beside this one
  for (const each of settled) if (each.status === "rejected") throw each.reason;
  return settled.some((each) => each.status === "fulfilled" && each.value);
}
