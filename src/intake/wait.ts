import { endsJourney } from "../campaign/flow.ts";
import type { WaitForStep } from "../campaign/program.ts";
import { code } from "../campaign/program.ts";
import { type MetWait, meetWaits, type OpenWait } from "../store/awaiting.ts";
import type { Tx } from "../store/database.ts";
import { endEnrolments } from "../store/enrolment.ts";
import type { Batch, Pending } from "./batch.ts";
import { groupBy } from "./group.ts";
import { type Member, tell } from "./member.ts";
import { stepOf } from "./program.ts";
import type { Judge } from "./where.ts";

/** A wait of this batch's members; `met` once an event of the batch has met it. */
export interface Waiting extends OpenWait {
  member: Member;
  met: boolean;
}

export interface Area {
  react(event: Pending): void;
  store(tx: Tx): Promise<void>;
}

/** Whether an event meets a wait as far as customer, type and time go. */
export function concerns(wait: Waiting, event: Pending): boolean {
  if (wait.met || wait.member.customer !== event.customer || wait.event_type !== event.type) return false;
  return wait.since <= event.occurred_at && (wait.until === null || event.occurred_at <= wait.until);
}

/** The rule of the `waitFor` that a wait belongs to. */
export function whereOf(wait: Waiting): WaitForStep["where"] {
  return stepOf(wait.member.known, wait.step, "waitFor")?.where;
}

/** Journeys that wait for what has happened go on. */
export function openWaits(
  batch: Batch,
  waits: Waiting[],
  judge: Judge,
): Area & { meet(wait: Waiting, event: Pending): void } {
  const met: MetWait[] = [];
  const completed: number[] = [];
  const byCustomer = groupBy(
    waits.filter((wait) => wait.kind === "event"),
    (wait) => wait.member.customer,
  );

  function meet(wait: Waiting, event: Pending) {
    const { enrolment, step, occurrence, member } = wait;
    const pc = member.known.pcOf(step);
    if (pc === undefined) return;
    wait.met = true;
    const outcome = code("met");
    met.push({ enrolment, step, occurrence, outcome, by: event.id });
    tell(batch, member, { kind: "met", pc, occurrence, outcome });
    (event.reaction.met ??= []).push({ enrolment, step, occurrence });
    if (!endsJourney(member.known.program.code, pc, outcome, occurrence)) return;
    member.status = "ended";
    completed.push(member.id);
  }
  return {
    meet,
    react(event) {
      for (const wait of byCustomer.get(event.customer) ?? []) {
        if (!isOpen(wait) || !concerns(wait, event) || !judge(whereOf(wait), wait.member, event)) continue;
        meet(wait, event);
      }
    },
    async store(tx) {
      await meetWaits(tx, met, batch.at);
      if (completed.length > 0) await endEnrolments(tx, completed, "completed", batch.at);
    },
  };
}

/** Still waited for by a thread that lives. */
export function isOpen(wait: Waiting): boolean {
  return !wait.met && !wait.member.dropped && wait.member.status === "live";
}
