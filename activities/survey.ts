import { sql } from "kysely";
import { plus } from "../src/campaign/calendar.ts";
import { type Decision, decided } from "../src/campaign/decide/decision.ts";
import { code, type SurveyStep } from "../src/campaign/program.ts";
import { timeOf } from "../src/store/clock.ts";
import { insertWaits } from "../src/store/wait.ts";
import type { Context, Handler, Member } from "./context.ts";
import { mail } from "./mail.ts";

/** Asks by message and waits for the answers; who has answered already is not asked again. */
export const survey: Handler<SurveyStep> = async (context, step) => {
  const { tx, batch, members, at, time, name } = context;
  const answered = await withAnswers(context, step);
  const unasked = members.filter((member) => !answered.has(member.id));
  const sent = unasked.length > 0 ? await mail({ ...context, members: unasked }, step) : [];
  const decisionOf = new Map(unasked.map((member, i) => [member.id, sent[i]!]));
  const decisions = members.map((member): Decision => {
    const decision = decisionOf.get(member.id);
    if (!decision) return decided("met", undefined, ["already-answered"]);
    return decision.outcome === code("queued") ? decided("waiting", undefined, decision.reasons) : decision;
  });
  const wait = (member: Member, met: boolean) => ({
    enrolment: member.id,
    step: name,
    occurrence: batch.occurrence,
    kind: "survey" as const,
    customer: member.customer,
    eventType: "survey.answered",
    since: timeOf(member.firstDue),
    until: timeOf(plus(member.calendar, at, step.within.days, step.within.minutes)),
    ...(met && { met: { outcome: code("met"), by: null, at: time } }),
  });
  await insertWaits(
    tx,
    members.flatMap((member, i) => {
      const { outcome } = decisions[i]!;
      return outcome === code("waiting") || outcome === code("met") ? [wait(member, outcome === code("met"))] : [];
    }),
  );
  return decisions;
};

async function withAnswers({ tx, members }: Context, step: SurveyStep): Promise<Set<number>> {
  const { rows } = await sql<{ enrolment: number }>`
    select distinct enrolment from survey_answers
    where enrolment = any(${members.map((member) => member.id)}::bigint[]) and step = ${step.id}`.execute(tx);
  return new Set(rows.map((row) => row.enrolment));
}
