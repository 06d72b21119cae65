import { plus } from "../src/campaign/calendar.ts";
import { type Decision, decided } from "../src/campaign/decide/decision.ts";
import { code, type RsvpStep } from "../src/campaign/program.ts";
import { timeOf } from "../src/store/clock.ts";
import { insertWaits } from "../src/store/wait.ts";
import type { Handler } from "./context.ts";
import { mail } from "./mail.ts";

/** Invites by message and waits for the answer. */
export const rsvp: Handler<RsvpStep> = async (context, step) => {
  const { tx, batch, members, at, name } = context;
  const decisions = (await mail(context, step)).map((decision): Decision =>
    decision.outcome === code("queued") ? decided("waiting", undefined, decision.reasons) : decision,
  );
  await insertWaits(
    tx,
    members
      .filter((_, i) => decisions[i]!.outcome === code("waiting"))
      .map((member) => ({
        enrolment: member.id,
        step: name,
        occurrence: batch.occurrence,
        kind: "rsvp",
        customer: member.customer,
        eventType: "rsvp.answered",
        since: timeOf(member.firstDue),
        until: timeOf(plus(member.calendar, at, step.within.days, step.within.minutes)),
      })),
  );
  return decisions;
};
