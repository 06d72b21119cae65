import { createHash } from "node:crypto";
import type { Question, SurveyStep } from "../../campaign/program.ts";
import { sortAnswers } from "../../intake/survey.ts";
import { answeredQuestions } from "../../store/survey.ts";
import { html } from "./html.ts";
import type { Page } from "./layout.ts";
import { TEXTS } from "./text.ts";
import { type PageParts, post, type Visit } from "./visit.ts";

export async function showSurvey(parts: PageParts, visit: Visit): Promise<Page> {
  const survey = surveyOf(visit);
  if (!survey) return over(visit);
  const answered = await answeredQuestions(parts.db, visit.link.e!, survey.id);
  return survey.questions.every((question) => answered.has(question.id))
    ? thanks(visit)
    : form(visit, survey, answered);
}

export async function doSurvey(parts: PageParts, visit: Visit, fields: URLSearchParams): Promise<Page> {
  const survey = surveyOf(visit);
  if (!survey) return over(visit);
  const given = [...fields]
    .filter(([, value]) => value.trim() !== "")
    .map(([name, value]) => [name, value.trim().slice(0, 2_000)]);
  const { kept } = sortAnswers(survey, Object.fromEntries(given));
  if (kept.length === 0) {
    const answered = await answeredQuestions(parts.db, visit.link.e!, survey.id);
    return { ...form(visit, survey, answered, TEXTS[visit.locale].survey.empty), status: 422 };
  }
  const answers = Object.fromEntries(kept.map(({ question, rating, answer }) => [question, rating ?? answer]));
  // the same form sent twice is one event; another one may add what was left out
  const mark = createHash("sha256").update(JSON.stringify(answers)).digest("hex").slice(0, 16);
  const { e: enrolment } = visit.link;
  await post(parts, visit, `survey/${enrolment}/${survey.id}/${mark}`, "survey.answered", {
    enrolment,
    step: survey.id,
    answers,
  });
  return thanks(visit);
}

function surveyOf(visit: Visit): SurveyStep | undefined {
  const step = visit.link.s === undefined ? undefined : visit.document?.steps[visit.link.s];
  return step?.kind === "survey" ? step : undefined;
}

function form(visit: Visit, survey: SurveyStep, answered: Set<string>, complaint?: string): Page {
  const text = TEXTS[visit.locale].survey;
  const open = survey.questions.filter((question) => !answered.has(question.id));
  return {
    locale: visit.locale,
    title: text.title,
    body: html`<p>${visit.document!.name[visit.locale]}</p>
      ${complaint !== undefined && html`<p role="alert"><strong>${complaint}</strong></p>`}
      <form method="post">${open.map((question) => field(visit, question))}<button>${text.button}</button></form>`,
  };
}

function field(visit: Visit, question: Question) {
  const text = TEXTS[visit.locale].survey;
  const own = question.label?.[visit.locale];
  const label = own ?? (question.rating === undefined ? text.why : text.rate(question.rating));
  if (question.rating === undefined) {
    return html`<fieldset>
      <label class="text" for="q-${question.id}">${label}</label
      ><textarea id="q-${question.id}" name="${question.id}" maxlength="2000"></textarea>
    </fieldset>`;
  }
  const choices = Array.from({ length: question.rating }, (_, i) => i + 1);
  return html`<fieldset>
    <legend>${label}</legend>
    <div class="scale">
      ${choices.map(
        (value) => html`<label><input type="radio" name="${question.id}" value="${value}" required />${value}</label>`,
      )}
    </div>
    ${own !== undefined && html`<p class="soft">${text.scale(question.rating)}</p>`}
  </fieldset>`;
}

function thanks({ locale }: Visit): Page {
  const text = TEXTS[locale].survey;
  return { locale, title: text.thanks, body: html`<p>${text.thanksBody}</p>` };
}

function over({ locale }: Visit): Page {
  const text = TEXTS[locale].survey;
  return { locale, title: text.over, body: html`<p>${text.overBody}</p>` };
}
