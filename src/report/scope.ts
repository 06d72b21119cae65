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
 * Treated enrolments with what metrics ask of them: (enrolment, customer, zone, took_part, first_at, may_still, over_at).
 * first_at: the first check-in; may_still: has not taken part, but is under way with a challenge that is not yet shut;
 * over_at: when the last of its challenges was shut, at the latest at 24:00 of its last day, local time; without any
 * challenge, when the enrolment ended; null before. Laterals keep to the keys' indexes, however fresh the statistics.
 */
export function members(scope: Scope) {
  const steps = participationSteps(scope.program);
  const { atLeast = 1 } = scope.program.goal.participation ?? {};
  return sql`
    select e.id as enrolment, e.customer, e.zone, p.first_at, p.times >= ${atLeast} as took_part,
      e.status = 'live' and p.times < ${atLeast} and h.shut < ${Math.max(steps.length, 1)} as may_still,
      coalesce(h.over_at, e.ended_at) as over_at
    from enrolments e
    cross join lateral (${participation(scope, steps)}) p
    cross join lateral (
      select count(*) filter (where c.status = 'closed') as shut,
        max(least(c.closed_at, (date '1970-01-01' + c.first_day + c.days)::timestamp at time zone e.zone)) as over_at
      from challenges c where c.enrolment = e.id and c.step = any(${steps}::text[])
    ) h
    where e.run = ${scope.run} and e.arm = 'treatment'`;
}

/** Where no challenge listens to the goal's participation event, the events themselves count, from entry to the enrolment's end. */
function participation({ program, now }: Scope, steps: string[]) {
  const event = program.goal.participation?.event;
  if (steps.length > 0 || event === undefined) {
    return sql`
      select count(distinct k.day) as times, min(k.at) as first_at
      from check_ins k where k.enrolment = e.id and k.step = any(${steps}::text[])`;
  }
  return sql`
    select count(*) as times, min(v.occurred_at) as first_at
    from events v where v.customer = e.customer and v.type = ${event} and v.reacted_at is not null
      and v.occurred_at >= e.entered_at and v.occurred_at <= coalesce(e.ended_at, ${now})`;
}

/** For a lateral join to enrolments e: whether its conversion window is open. */
export function goalOpen({ now }: Scope) {
  return sql`
    select count(*) > 0 as open from waits w
    where w.enrolment = e.id and w.kind = 'goal' and w.status = 'open' and (w.until is null or w.until > ${now})`;
}
