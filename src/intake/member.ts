import type { Rule } from "../campaign/program.ts";
import { type Asked, type Awaiting, lockAwaiting } from "../store/awaiting.ts";
import { minuteOf } from "../store/clock.ts";
import type { Tx } from "../store/database.ts";
import type { Stimulus } from "../../workflows/messages.ts";
import type { Batch, Pending } from "./batch.ts";
import { type KnownProgram, loadPrograms } from "./program.ts";

/** An enrolment that events of this batch may concern, with what they have done to it so far. */
export interface Member extends Awaiting {
  known: KnownProgram;
  /** an earlier event of this batch, or this one, ended its threads: its waits and challenges are over */
  dropped: boolean;
}

export async function loadMembers(tx: Tx, batch: Batch): Promise<Map<number, Member>> {
  const asked = [...batch.events, ...batch.earlier].map((event): Asked => ({
    customer: event.customer,
    type: event.type,
    enrolment: namedEnrolment(event),
  }));
  const rows = await lockAwaiting(tx, asked, batch.at);
  const programs = await loadPrograms(
    tx,
    [...rows.values()].map((row) => row.program),
  );
  return new Map([...rows].map(([id, row]) => [id, { ...row, known: programs.get(row.program)!, dropped: false }]));
}

/** The enrolment that an event says it is about; links in messages carry it. */
export function namedEnrolment(event: Pending): number | null {
  const id = event.data.enrolment;
  return typeof id === "number" && Number.isSafeInteger(id) ? id : null;
}

/** Says something to the member's workflow; the holdout has none. */
export function tell(batch: Batch, member: Member, stimulus: UntimedStimulus): void {
  if (member.cohort === null || member.member === null) return;
  batch.stimuli.push({
    run: member.run,
    cohort: member.cohort,
    member: member.member,
    stimulus: { ...stimulus, at: minuteOf(batch.at) },
  });
}

type Untimed<T> = T extends Stimulus ? Omit<T, "at"> : never;
type UntimedStimulus = Untimed<Stimulus>;

/** A member and a rule that an event may have to satisfy. */
export interface Condition {
  member: Member;
  rule: Rule;
}
