import { sql } from "kysely";
import type { Program, Step } from "../campaign/program.ts";
import type { Value } from "../rule/ast.ts";
import type { Database, Tx } from "./database.ts";

/**
 * What earlier steps of these enrolments found, as rules ask for it, for the variables named:
 * `steps.<challenge>.count` (check-ins), `steps.<survey>.<question>` (rating or text), `steps.<task>.outcome`.
 */
export async function loadStepFacts(
  tx: Database | Tx,
  program: Program,
  enrolments: number[],
  variables: string[],
): Promise<Map<number, Record<string, Value>>> {
  const asked = new Set(variables.flatMap((name) => /^steps\.([^.]+)\../.exec(name)?.[1] ?? []));
  const challenges = namesOf(program, "challengeOpen", asked).map(([, step]) => step.id);
  const surveys = namesOf(program, "survey", asked).map(([, step]) => step.id);
  const tasks = namesOf(program, "task", asked);
  // nobody's count is missing: who has not checked in has checked in 0 times
  const none = Object.fromEntries(challenges.map((id) => [`steps.${id}.count`, 0]));
  const facts = new Map<number, Record<string, Value>>(enrolments.map((id) => [id, { ...none }]));
  if (challenges.length + surveys.length + tasks.length === 0) return facts;
  const { rows } = await sql<{ enrolment: number; name: string; rating: number | null; answer: string | null }>`
    select enrolment, 'steps.' || step || '.count' as name, count(*)::int as rating, null as answer, 1 as occurrence
    from check_ins where enrolment = any(${enrolments}::bigint[]) and step = any(${challenges}::text[])
    group by enrolment, step
    union all
    select enrolment, 'steps.' || step || '.' || question, rating, answer, 1
    from survey_answers where enrolment = any(${enrolments}::bigint[]) and step = any(${surveys}::text[])
    union all
    select t.enrolment, 'steps.' || n.id || '.outcome', null, t.outcome, t.occurrence
    from unnest(${tasks.map(([name]) => name)}::text[], ${tasks.map(([, step]) => step.id)}::text[]) as n (step, id)
    join tasks t on t.step = n.step and t.enrolment = any(${enrolments}::bigint[]) and t.outcome is not null
    order by occurrence`.execute(tx);
  for (const row of rows) facts.get(row.enrolment)![row.name] = row.rating ?? row.answer;
  return facts;
}

function namesOf(program: Program, kind: Step["kind"], ids: Set<string>): [name: string, step: Step][] {
  return Object.entries(program.steps).filter(([, step]) => step.kind === kind && ids.has(step.id));
}
