import { localDay, toUtc, type Zone } from "../calendar.ts";
import type { Minute, Policy, SendKind } from "../program.ts";

export type Cap = Policy["caps"][number];

/** Whether a cap is about such messages. Transactional messages only where a cap names them. */
export function concerns(cap: Cap, channel: string, kind: SendKind, tags: readonly string[] = []): boolean {
  if (cap.tag !== undefined && !tags.includes(cap.tag)) return false;
  if (cap.channel !== undefined && cap.channel !== channel) return false;
  return cap.sendKind === undefined ? kind !== "transactional" : cap.sendKind === kind;
}

/** Messages from this minute on count: the cap's last local day is today. */
export function capSince(cap: Cap, zone: Zone, at: Minute): Minute {
  return toUtc(zone, localDay(zone, at) - (cap.days - 1), 0);
}

/**
 * Why one message more would be too many; undefined when it would not.
 * @param used messages that count for each of the policy's caps, by index
 */
export function exceeded(
  policy: Policy,
  used: readonly number[],
  channel: string,
  kind: SendKind,
  tags: readonly string[] = [],
): string | undefined {
  const cap = policy.caps.find((entry, i) => concerns(entry, channel, kind, tags) && (used[i] ?? 0) >= entry.max);
  return cap && `capped:${cap.max}-in-${cap.days}d:${cap.tag === undefined ? channel : `${channel}:${cap.tag}`}`;
}
