import type { Question, SurveyStep } from "../campaign/program.ts";
import { insertAnswers, type NewAnswer } from "../store/survey.ts";
import type { Batch, Pending } from "./batch.ts";
import { dataOf } from "./event-data.ts";
import { type Member, namedEnrolment } from "./member.ts";
import { stepOf } from "./program.ts";
import { type Area, concerns, isOpen, type Waiting } from "./wait.ts";

const LONGEST_ANSWER = 2_000;

/** survey.answered: the answers are kept, also late ones; the journey that waits for them goes on. */
export function openSurveys(
  batch: Batch,
  members: Map<number, Member>,
  waits: Waiting[],
  meet: (wait: Waiting, event: Pending) => void,
): Area {
  const surveys = waits.filter((wait) => wait.kind === "survey");
  const rows: NewAnswer[] = [];

  /** The surveys that answers may be for: the one they name, else every one that waits. */
  function asked(event: Pending): { member: Member; step: string }[] {
    const member = members.get(namedEnrolment(event) ?? -1);
    const step = typeof event.data.step === "string" ? event.data.step : undefined;
    if (member && step !== undefined) return member.customer === event.customer ? [{ member, step }] : [];
    const waiting = surveys.filter(
      (wait) => isOpen(wait) && concerns(wait, event) && (step === undefined || step === wait.step),
    );
    return waiting.filter((wait) => !member || wait.member === member);
  }

  return {
    react(event) {
      if (event.type !== "survey.answered") return;
      const { answers } = dataOf("survey.answered", event, batch.home.currency);
      for (const { member, step } of asked(event)) {
        const survey = stepOf(member.known, step, "survey");
        if (!survey) continue;
        const { kept, refused } = sortAnswers(survey, answers);
        for (const answer of kept)
          rows.push({ enrolment: member.id, step, ...answer, event: event.id, at: event.occurred_at });
        (event.reaction.survey ??= []).push({
          enrolment: member.id,
          step,
          answers: kept.map((answer) => answer.question),
          ...(refused.length > 0 && { refused }),
        });
        if (kept.length === 0) continue;
        const wait = surveys.find(
          (row) => row.member === member && row.step === step && isOpen(row) && concerns(row, event),
        );
        if (wait) meet(wait, event);
      }
    },
    store: (tx) => insertAnswers(tx, rows),
  };
}

export interface Answer {
  question: string;
  rating: number | null;
  answer: string | null;
}

/** Answers that fit the survey's questions, and the ids of those that do not. */
export function sortAnswers(
  survey: SurveyStep,
  answers: Record<string, number | string>,
): { kept: Answer[]; refused: string[] } {
  const kept: Answer[] = [];
  const refused: string[] = [];
  for (const [question, value] of Object.entries(answers)) {
    const fitting = fit(
      survey.questions.find((entry) => entry.id === question),
      value,
    );
    if (fitting) kept.push({ question, ...fitting });
    else refused.push(question);
  }
  return { kept, refused };
}

function fit(question: Question | undefined, value: number | string): Omit<Answer, "question"> | undefined {
  if (question?.rating !== undefined) {
    const rating = typeof value === "string" && /^\d{1,3}$/.test(value) ? Number(value) : value;
    const fits = typeof rating === "number" && Number.isInteger(rating) && rating >= 1 && rating <= question.rating;
    return fits ? { rating, answer: null } : undefined;
  }
  if (!question?.text || typeof value !== "string" || value.length > LONGEST_ANSWER) return undefined;
  return { rating: null, answer: value };
}
