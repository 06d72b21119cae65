import { endsJourney } from "../campaign/flow.ts";
import { haveAllCome } from "../campaign/decide/wait.ts";
import { ANY_EVENT, type AwaitedEvent, code, option, type Rule } from "../campaign/program.ts";
import { type MetWait, meetWaits, noteParts, type OpenWait } from "../store/awaiting.ts";
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
  if (wait.met || wait.member.customer !== event.customer) return false;
  if (wait.event_type !== event.type && wait.event_type !== ANY_EVENT) return false;
  return wait.since <= event.occurred_at && (wait.until === null || event.occurred_at <= wait.until);
}

/** The rules that events may have to satisfy for this wait. */
export function rulesOf(wait: { step: string; member: Pick<Member, "known"> }): Rule[] {
  const step = stepOf(wait.member.known, wait.step, "waitFor");
  if (!step) return [];
  const rules = [step.if, step.where, ...[...(step.any ?? []), ...(step.all ?? [])].map((each) => each.where)];
  return rules.filter((rule) => rule !== undefined);
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
    waits.filter((wait) => wait.kind === "event" || wait.kind === "condition"),
    (wait) => wait.member.customer,
  );

  const partly = new Set<Waiting>();

  /** What the event makes of a wait: its outcome when that meets it. */
  function outcomeOf(wait: Waiting, event: Pending): number | undefined {
    const step = stepOf(wait.member.known, wait.step, "waitFor");
    const comes = ({ event: type, where }: AwaitedEvent) => type === event.type && judge(where, wait.member, event);
    if (step?.any) {
      const first = step.any.findIndex(comes);
      return first < 0 ? undefined : option(first);
    }
    if (step?.all) {
      const before = wait.parts;
      for (const [i, each] of step.all.entries()) if (comes(each)) wait.parts |= 1 << i;
      if (haveAllCome(wait.parts, step.all.length)) return code("met");
      if (wait.parts !== before) partly.add(wait);
      return undefined;
    }
    return judge(step?.if ?? step?.where, wait.member, event) ? code("met") : undefined;
  }

  function meet(wait: Waiting, event: Pending, outcome = code("met")) {
    const { enrolment, step, occurrence, member } = wait;
    const pc = member.known.pcOf(step);
    if (pc === undefined) return;
    wait.met = true;
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
        if (!isOpen(wait) || !concerns(wait, event)) continue;
        const outcome = outcomeOf(wait, event);
        if (outcome !== undefined) meet(wait, event, outcome);
      }
    },
    async store(tx) {
      await noteParts(
        tx,
        [...partly].map(({ enrolment, step, occurrence, parts }) => ({ enrolment, step, occurrence, parts })),
      );
      await meetWaits(tx, met, batch.at);
      if (completed.length > 0) await endEnrolments(tx, completed, "completed", batch.at);
    },
  };
}

/** Still waited for by a thread that lives. */
export function isOpen(wait: Waiting): boolean {
  return !wait.met && !wait.member.dropped && wait.member.status === "live";
}
