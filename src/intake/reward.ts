import type { Day, Reward } from "../campaign/program.ts";

/** How a run's pauses touched local days of one zone. */
export interface Rest {
  /** paused from its first to its last minute: it is as if the day did not exist */
  whole(day: Day): boolean;
  /** paused for a part of it: missing it breaks nothing */
  part(day: Day): boolean;
}

/**
 * Lengths of streaks: for each local day from the first check-in to the last, how many days in a row had one by then.
 * Paused days neither count nor break.
 */
export function streaks(days: ReadonlySet<Day>, rest: Rest): Map<Day, number> {
  const lengths = new Map<Day, number>();
  let length = 0;
  for (let day = Math.min(...days); day <= Math.max(...days); day++) {
    if (rest.whole(day)) continue;
    if (days.has(day)) length += 1;
    else if (!rest.part(day)) length = 0;
    lengths.set(day, length);
  }
  return lengths;
}

/** The whole length of the streak that a day belongs to, days after it included. */
export function streakAround(day: Day, days: ReadonlySet<Day>, rest: Rest): number {
  let around = 0;
  for (const [at, length] of streaks(days, rest)) {
    if (at >= day && length === 0) break;
    if (at >= day) around = Math.max(around, length);
  }
  return around;
}

/**
 * How often a reward has been earned in all: every n-th check-in, or each n days in a row (7, 14, 21 … of one streak).
 * It depends on the set of days alone, not on their order, and one more day earns at most one more.
 */
export function timesEarned(reward: Reward, days: ReadonlySet<Day>, rest: Rest): number {
  if (reward.every) return Math.floor(days.size / reward.every);
  if (!reward.streak) return 0;
  let times = 0;
  let before = 0;
  for (const length of streaks(days, rest).values()) {
    if (length > before && length % reward.streak === 0) times += 1;
    before = length;
  }
  return times;
}

/** "every-1", "streak-7": the part of a reward's key that tells rewards of one challenge apart. */
export function rewardName(reward: Reward): string {
  return reward.every ? `every-${reward.every}` : `streak-${reward.streak}`;
}
