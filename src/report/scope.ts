import { sql } from "kysely";
import type { OpenChallengeStep, Program, Step } from "../campaign/program.ts";
import type { Tx } from "../store/database.ts";

/** What every part of a report reads from: one run, seen in one snapshot, at one moment of the clock. */
export interface Scope {
  tx: Tx;
  run: string;
  program: Program;
  now: Date;
  /** the run has come to its end: nothing more will be booked or sent */
  over: boolean;
}

/** Op names in journey order. The program's `steps` come out of jsonb without an order, its instructions keep theirs. */
export function stepsInOrder(program: Program): { name: string; step: Step; root: number }[] {
  const seen = new Map<string, number>();
  for (const instruction of program.code.instructions) {
    if (instruction.do === "op" && !seen.has(instruction.step)) seen.set(instruction.step, instruction.root);
  }
  return [...seen]
    .toSorted(([, a], [, b]) => a - b)
    .flatMap(([name, root]) => (program.steps[name] ? [{ name, step: program.steps[name], root }] : []));
}

/** Step ids of the challenges whose check-ins are the goal's participation (all challenges, if the goal names none). */
export function participationSteps(program: Program): string[] {
  const event = program.goal.participation?.event;
  return Object.values(program.steps)
    .filter((step): step is OpenChallengeStep => step.kind === "challengeOpen")
    .filter((step) => event === undefined || step.event === event)
    .map((step) => step.id);
}

/**
 * Treated enrolments that took part: (enrolment, customer, zone, first_at). Where no challenge listens to the goal's
 * participation event, the events themselves count, from entry to the enrolment's end.
 */
export function participants({ run, program, now }: Scope) {
  const steps = participationSteps(program);
  const { event, atLeast = 1 } = program.goal.participation ?? {};
  if (steps.length > 0 || event === undefined) {
    return sql`
      select e.id as enrolment, e.customer, e.zone, min(k.at) as first_at
      from enrolments e join check_ins k on k.enrolment = e.id
      where e.run = ${run} and e.arm = 'treatment' and k.step = any(${steps}::text[])
      group by e.id having count(distinct k.day) >= ${atLeast}`;
  }
  return sql`
    select e.id as enrolment, e.customer, e.zone, min(v.occurred_at) as first_at
    from enrolments e join events v on v.customer = e.customer
    where e.run = ${run} and e.arm = 'treatment' and v.type = ${event} and v.reacted_at is not null
      and v.occurred_at >= e.entered_at and v.occurred_at <= coalesce(e.ended_at, ${now})
    group by e.id having count(*) >= ${atLeast}`;
}

/** Treated enrolments that have not taken part but still may: under way, with a challenge that is not yet shut. */
export function mayStillTakePart(scope: Scope) {
  const steps = participationSteps(scope.program);
  return sql`
    select e.id as enrolment from enrolments e
    where e.run = ${scope.run} and e.arm = 'treatment' and e.status = 'live'
      and not exists (select from (${participants(scope)}) p where p.enrolment = e.id)
      and (select count(*) from challenges h
           where h.enrolment = e.id and h.status = 'closed' and h.step = any(${steps}::text[])) < ${Math.max(steps.length, 1)}`;
}
