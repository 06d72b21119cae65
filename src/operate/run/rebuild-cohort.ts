import { ENDED, type Enrolment, type Frame, unpack } from "../../campaign/enrolment.ts";
import { enrol } from "../../campaign/machine.ts";
import type { Minute } from "../../campaign/program.ts";
import { rebuild, type Recorded } from "../../campaign/rebuild.ts";
import type { CohortRecord } from "../../store/cohort-record.ts";
import type { CohortInput } from "../../../workflows/contract.ts";
import type { Stimulus } from "../../../workflows/messages.ts";

export interface RebuiltCohort {
  /** in the order of their numbers */
  members: Enrolment[];
  /** joiners may still come */
  open: boolean;
}

/**
 * A cohort's members as its workflow would hold them, from what Postgres keeps.
 * @param input what the workflow was started with
 * @param now up to which minute time has run
 */
export function rebuildCohort(frame: Frame, input: CohortInput, record: CohortRecord, now: Minute): RebuiltCohort {
  const to = (member: number): Stimulus[] =>
    record.stimuli.flatMap(({ member: whom, stimulus }) =>
      (whom === member || whom < 0) && stimulus.kind !== "close" ? [stimulus] : [],
    );
  const { resumes, startAt } = input;
  const members: Enrolment[] = [];
  for (const { member, enrolment, live } of record.members) {
    const heard = to(member);
    const packed = record.base?.states[member];
    if (packed) {
      const from = unpack(frame, packed);
      members.push(live ? again(member, enrolment, { from, stimuli: heard }) : { ...from, status: ENDED });
      continue;
    }
    const joined = heard.findIndex((stimulus) => stimulus.kind === "start");
    // of joiners the start is a stimulus like any other: one that is not numbered yet will still be sent
    if (input.open && joined < 0) break;
    const begins: Stimulus = { kind: "start", at: startAt, ...(resumes !== undefined && { resumes }) };
    const stimuli = input.open ? heard.slice(joined) : [begins, ...heard];
    members.push(live ? again(member, enrolment, { stimuli }) : { ...enrol(frame, member), status: ENDED });
  }
  const closed = record.stimuli.some(
    ({ stimulus: { kind }, member }) => kind === "close" || (kind === "end" && member < 0),
  );
  return { members, open: input.open === true && !closed };

  function again(member: number, enrolment: number, since: Pick<Recorded, "from" | "stimuli">): Enrolment {
    const own = record.ledger.get(enrolment);
    const decided: Recorded["decided"] = (step, occurrence, attempt) => own?.get(`${step} ${occurrence} ${attempt}`);
    return rebuild(frame, member, { ...since, decided, pauseAt: (minute) => ordinal(record.pauses, minute) }, now);
  }
}

function ordinal(pauses: CohortRecord["pauses"], minute: Minute): number | undefined {
  const found = pauses.findIndex(({ from, to }) => from <= minute && minute < to);
  return found < 0 ? undefined : found + 1;
}
