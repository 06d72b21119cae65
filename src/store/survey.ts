import { sql } from "kysely";
import type { Database, Tx } from "./database.ts";

export interface NewAnswer {
  enrolment: number;
  step: string;
  question: string;
  rating: number | null;
  answer: string | null;
  /** events.id */
  event: number;
  at: Date;
}

/** The first answer to a question stands: the journey has gone on from it. */
export async function insertAnswers(tx: Tx, rows: NewAnswer[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into survey_answers (enrolment, step, question, rating, answer, event, at)
    select enrolment, step, question, rating, answer, event, at
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as a (enrolment bigint, step text, question text, rating int,
      answer text, event bigint, at timestamptz)
    on conflict do nothing`.execute(tx);
}

/** Questions of one survey that an enrolment has answered. */
export async function answeredQuestions(db: Database | Tx, enrolment: number, step: string): Promise<Set<string>> {
  const { rows } = await sql<{ question: string }>`
    select question from survey_answers where enrolment = ${enrolment} and step = ${step}`.execute(db);
  return new Set(rows.map((row) => row.question));
}
