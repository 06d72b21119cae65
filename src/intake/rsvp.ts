import { option, RSVP_OUTCOMES } from "../campaign/program.ts";
import type { Tx } from "../store/database.ts";
import {
  loadAnswers,
  lockSeats,
  type RsvpAnswer,
  type RsvpPlace,
  type StoredAnswer,
  storeAnswers,
} from "../store/rsvp.ts";
import type { Batch, Pending } from "./batch.ts";
import { dataOf } from "./event-data.ts";
import { type Member, namedEnrolment } from "./member.ts";
import { stepOf } from "./program.ts";
import { type Area, concerns, isOpen, type Waiting } from "./wait.ts";

/** rsvp.answered: seats are given while there are any, and the journey that waits for the answer goes on. */
export async function openRsvps(
  tx: Tx,
  batch: Batch,
  members: Map<number, Member>,
  waits: Waiting[],
  meet: (wait: Waiting, event: Pending, outcome: number) => void,
): Promise<Area> {
  const events = batch.events.filter((event) => event.type === "rsvp.answered");
  const invited = waits.filter((wait) => wait.kind === "rsvp");
  const known = new Map<string, StoredAnswer>();
  const free = new Map<string, number>();
  const changed = new Map<string, StoredAnswer & { run: string; at: Date }>();
  if (events.length > 0) {
    for (const row of await loadAnswers(tx, [...members.keys()])) known.set(`${row.enrolment} ${row.step}`, row);
    const asked = events.flatMap(askedBy).flatMap(({ member, step }) => {
      const seats = stepOf(member.known, step, "rsvp")?.seats;
      return seats === undefined ? [] : [{ run: member.run, step, seats }];
    });
    // nobody overtakes those who wait already
    for (const row of await lockSeats(tx, asked))
      free.set(`${row.run} ${row.step}`, row.waiting > 0 ? 0 : row.seats - row.taken);
  }

  /** The invitations that an answer may be for: the one it names, else every one that waits. */
  function askedBy(event: Pending): { member: Member; step: string }[] {
    const member = members.get(namedEnrolment(event) ?? -1);
    const step = typeof event.data.step === "string" ? event.data.step : undefined;
    if (member && step !== undefined) return member.customer === event.customer ? [{ member, step }] : [];
    return invited.filter(
      (wait) =>
        wait.member.customer === event.customer &&
        (!member || wait.member === member) &&
        (step === undefined || step === wait.step),
    );
  }

  function placeOf(answer: RsvpAnswer, line: string, limited: boolean, before: StoredAnswer | undefined) {
    if (answer !== "yes") return null;
    if (before?.answer === "yes") return before.place;
    const left = free.get(line) ?? 0;
    if (limited && left <= 0) return "waiting" as const;
    free.set(line, left - 1);
    return "seat" as const;
  }

  function take(member: Member, step: string, event: Pending, answer: RsvpAnswer): RsvpPlace | "too-late" | null {
    const rsvp = stepOf(member.known, step, "rsvp")!;
    const key = `${member.id} ${step}`;
    const before = known.get(key);
    const wait = invited.find(
      (row) => row.member === member && row.step === step && isOpen(row) && concerns(row, event),
    );
    // who has answered in time may think again later; the journey is not turned back
    if (!wait && !before) return "too-late";
    const place = placeOf(answer, `${member.run} ${step}`, rsvp.seats !== undefined, before);
    const row = { enrolment: member.id, step, answer, place, event: event.id };
    if (before?.answer !== answer) {
      known.set(key, row);
      changed.set(key, { ...row, run: member.run, at: event.occurred_at });
    }
    // on the waiting list the journey goes on waiting, too: for a seat
    if (wait && place !== "waiting") meet(wait, event, option(RSVP_OUTCOMES.indexOf(answer)));
    return place;
  }

  return {
    react(event) {
      if (event.type !== "rsvp.answered") return;
      const { answer } = dataOf("rsvp.answered", event, batch.home.currency);
      for (const { member, step } of askedBy(event)) {
        if (!stepOf(member.known, step, "rsvp")) continue;
        const place = take(member, step, event, answer);
        const result = place === "too-late" ? { result: place } : { answer, ...(place !== null && { place }) };
        (event.reaction.rsvp ??= []).push({ enrolment: member.id, step, ...result });
      }
    },
    store: () => storeAnswers(tx, [...changed.values()]),
  };
}
