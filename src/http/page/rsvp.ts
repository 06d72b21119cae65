import type { RsvpStep } from "../../campaign/program.ts";
import type { Reaction } from "../../intake/reaction.ts";
import { isAwaited, loadAnswers, type RsvpAnswer, type StoredAnswer } from "../../store/rsvp.ts";
import { html } from "./html.ts";
import type { Page } from "./layout.ts";
import { TEXTS } from "./text.ts";
import { type PageParts, post, type Visit } from "./visit.ts";

const ANSWERS: RsvpAnswer[] = ["yes", "no", "maybe"];

/** Three buttons, the one that the link stands for first; looking at the page answers nothing. */
export async function showRsvp(parts: PageParts, visit: Visit): Promise<Page> {
  const found = await find(parts, visit);
  return found ? form(visit, found.answer) : over(visit);
}

export async function doRsvp(parts: PageParts, visit: Visit, fields: URLSearchParams): Promise<Page> {
  const found = await find(parts, visit);
  if (!found) return over(visit);
  const answer = ANSWERS.find((known) => known === fields.get("answer"));
  if (!answer) return { ...form(visit, found.answer), status: 422 };
  const { e: enrolment } = visit.link;
  const { id: step } = found.rsvp;
  // a button pressed twice is one event; another answer, or the same one again later, is a new one
  const id = `rsvp/${enrolment}/${step}/${found.answer?.event ?? 0}/${answer}`;
  const event = await post(parts, visit, id, "rsvp.answered", { enrolment, step, answer });
  if (!event) return later(visit);
  const result = (event.reaction as Reaction | null)?.rsvp?.find(
    (one) => one.enrolment === enrolment && one.step === step,
  );
  if (!result?.answer) return over(visit);
  return { locale: visit.locale, ...said(visit, result.answer, result.place) };
}

async function find(
  parts: PageParts,
  visit: Visit,
): Promise<{ rsvp: RsvpStep; answer: StoredAnswer | undefined } | undefined> {
  const { e: enrolment, s: step } = visit.link;
  const rsvp = step === undefined ? undefined : visit.document?.steps[step];
  if (rsvp?.kind !== "rsvp" || enrolment === undefined) return undefined;
  const answer = (await loadAnswers(parts.db, [enrolment])).find((row) => row.step === rsvp.id);
  if (!answer && !(await isAwaited(parts.db, enrolment, rsvp.id, visit.at))) return undefined;
  return { rsvp, answer };
}

function form(visit: Visit, before: StoredAnswer | undefined): Page {
  const { locale, link } = visit;
  const text = TEXTS[locale].rsvp;
  const order = ANSWERS.toSorted((a, b) => Number(b === link.a) - Number(a === link.a));
  return {
    locale,
    title: text.title,
    body: html`<p>${visit.document!.name[locale]}</p>
      ${before && html`<p>${said(visit, before.answer, before.place ?? undefined).title}</p>`}
      <form method="post">
        ${order.map(
          (answer, i) =>
            html`<button name="answer" value="${answer}" class="${i === 0 ? "first" : "quiet"}">
              ${text.buttons[answer]}
            </button>`,
        )}
      </form>
      ${before && html`<p class="soft">${text.again}</p>`}`,
  };
}

function said({ locale }: Visit, answer: RsvpAnswer, place: string | undefined): Omit<Page, "locale"> {
  const text = TEXTS[locale].rsvp;
  const what = place === "waiting" || place === "missed" ? place : answer;
  return { title: text.said[what], body: html`<p>${text.saidBody[what]}</p>` };
}

function over({ locale }: Visit): Page {
  const text = TEXTS[locale].rsvp;
  return { locale, title: text.over, body: html`<p>${text.overBody}</p>` };
}

function later({ locale }: Visit): Page {
  const text = TEXTS[locale].rsvp;
  return { locale, title: text.noted, body: html`<p>${text.notedBody}</p>` };
}
