import { localDay, toUtc, type Zone } from "../calendar.ts";
import { type Minute, option } from "../program.ts";
import { type Decision, decided, deferred } from "./decision.ts";

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

/**
 * The same of several events.
 * @param found for each of them the first event that meets it
 * @returns also the event that met the wait, and which of all have come (bit i)
 */
export function decideSeveral<E extends PastEvent>(
  form: "any" | "all",
  found: (E | undefined)[],
): { decision: Decision; by?: E; parts: number } {
  const parts = found.reduce((bits, event, i) => (event ? bits | (1 << i) : bits), 0);
  const come = found.flatMap((event, index) => (event ? [{ event, index }] : []));
  come.sort((a, b) => +a.event.occurredAt - +b.event.occurredAt || a.event.id - b.event.id || a.index - b.index);
  const [first] = come;
  const last = come.at(-1);
  if (form === "any") {
    if (!first) return { decision: decided("waiting"), parts };
    return { decision: { outcome: option(first.index), reasons: ["already-happened"] }, by: first.event, parts };
  }
  if (come.length < found.length || !last) return { decision: decided("waiting"), parts };
  return { decision: decided("met", undefined, ["already-happened"]), by: last.event, parts };
}

/** All of so many have come. */
export function haveAllCome(parts: number, count: number): boolean {
  return parts === (1 << count) - 1;
}

/** At five past midnight conditions are looked at again: what depends on the calendar has changed by then. */
const LOOK_AT = 5;

/** Whether a condition is met, is to be looked at again (at 00:05 local, or when the time is over), or has had its time. */
export function decideCondition(holds: boolean, zone: Zone, at: Minute, until: Minute): Decision {
  if (holds) return decided("met");
  if (at >= until) return decided("timeout");
  const today = toUtc(zone, localDay(zone, at), LOOK_AT);
  const next = today > at ? today : toUtc(zone, localDay(zone, at) + 1, LOOK_AT);
  return deferred(Math.min(next, until), "not-yet");
}
