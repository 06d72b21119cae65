import { sql } from "kysely";
import type { SurveyStep, Text } from "../campaign/program.ts";
import { type Scope, stepsInOrder } from "./scope.ts";

/** What was asked and answered. Free texts are counted, not shown: they are people's own words. */
export interface Survey {
  step: string;
  /** questionnaires that were stored as messages and not withheld or rejected */
  sent: number;
  /** members with at least one answer */
  answered: number;
  questions: {
    id: string;
    label: Text | null;
    /** highest rating; null for free text */
    scale: number | null;
    answers: number;
    /** sum of ratings; mean = sum ÷ answers */
    sum: number;
    /** answers by rating, 1 … scale */
    ratings: number[];
  }[];
}

interface Row {
  step: string;
  question: string;
  rating: number | null;
  answers: number;
}

export async function loadSurveys({ tx, run, program }: Scope): Promise<Survey[]> {
  const surveys = stepsInOrder(program).filter(
    (each): each is typeof each & { step: SurveyStep } => each.step.kind === "survey",
  );
  if (surveys.length === 0) return [];
  const { rows } = await sql<Row>`
    select a.step, a.question, a.rating, count(*)::int as answers
    from survey_answers a join enrolments e on e.id = a.enrolment
    where e.run = ${run} and e.arm = 'treatment' group by a.step, a.question, a.rating`.execute(tx);
  const { rows: members } = await sql<{ step: string; answered: number }>`
    select a.step, count(distinct a.enrolment)::int as answered
    from survey_answers a join enrolments e on e.id = a.enrolment
    where e.run = ${run} and e.arm = 'treatment' group by a.step`.execute(tx);
  const { rows: mails } = await sql<{ step: string; sent: number }>`
    select step, count(*)::int as sent from messages
    where run = ${run} and status not in ('withheld', 'rejected') and step = any(${surveys.map(({ name }) => name)}::text[])
    group by step`.execute(tx);
  return surveys.map(({ name, step }) => ({
    step: name,
    sent: mails.find((row) => row.step === name)?.sent ?? 0,
    answered: members.find((row) => row.step === step.id)?.answered ?? 0,
    questions: step.questions.map((question) => {
      const own = rows.filter((row) => row.step === step.id && row.question === question.id);
      const ratings = Array.from(
        { length: question.rating ?? 0 },
        (_, i) => own.find((row) => row.rating === i + 1)?.answers ?? 0,
      );
      return {
        id: question.id,
        label: question.label ?? null,
        scale: question.rating ?? null,
        answers: own
          .filter((row) => question.rating === undefined || row.rating !== null)
          .reduce((sum, row) => sum + row.answers, 0),
        sum: own.reduce((sum, row) => sum + (row.rating ?? 0) * row.answers, 0),
        ratings,
      };
    }),
  }));
}
