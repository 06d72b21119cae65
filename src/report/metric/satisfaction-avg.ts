import { sql } from "kysely";
import type { Measured } from "../../stats/verdict.ts";
import { type Scope, stepsInOrder } from "../scope.ts";

/** Open: members under way who have not rated and whose survey is not over. */
export async function satisfaction(scope: Scope): Promise<Measured> {
  const asked = firstRating(scope);
  if (!asked) return { numerator: 0, denominator: 0, open: 0 };
  const { rows } = await sql<Measured>`
    select coalesce(sum(a.rating), 0)::int as numerator, count(a.rating)::int as denominator,
      count(*) filter (where a.rating is null and e.status = 'live' and not w.over)::int as open
    from enrolments e
    left join survey_answers a on a.enrolment = e.id and a.step = ${asked.step} and a.question = ${asked.question}
    cross join lateral (
      select count(*) > 0 as over from waits w where w.enrolment = e.id and w.step = ${asked.op} and w.status <> 'open'
    ) w
    where e.run = ${scope.run} and e.arm = 'treatment'`.execute(scope.tx);
  return rows[0]!;
}

/** The first survey that asks for a rating, and its first such question. */
function firstRating({ program }: Scope): { op: string; step: string; question: string } | undefined {
  for (const { name, step } of stepsInOrder(program)) {
    if (step.kind !== "survey") continue;
    const question = step.questions.find((each) => each.rating !== undefined);
    if (question) return { op: name, step: step.id, question: question.id };
  }
  return undefined;
}
