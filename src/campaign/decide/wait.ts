import { type Decision, decided } from "./decision.ts";

/** An event that intake has reacted to before the wait began to exist. */
export interface PastEvent {
  id: number;
  occurredAt: Date;
}

/** The first event, in the order of time, that meets a wait: at `since` or later, not after `until`. */
export function firstMatch<E extends PastEvent>(
  events: readonly E[],
  since: Date,
  until: Date | null,
  matches: (event: E) => boolean,
): E | undefined {
  let first: E | undefined;
  for (const event of events) {
    if (event.occurredAt < since || (until !== null && event.occurredAt > until)) continue;
    const earlier =
      !first || event.occurredAt < first.occurredAt || (+event.occurredAt === +first.occurredAt && event.id < first.id);
    if (earlier && matches(event)) first = event;
  }
  return first;
}

/** What looking back says at once; else an event, or the end of the time, will tell. */
export function decideWait(found: PastEvent | undefined): Decision {
  return found ? decided("met", undefined, ["already-happened"]) : decided("waiting");
}
