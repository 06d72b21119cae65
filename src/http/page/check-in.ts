import { zoneAround } from "../../store/zone.ts";
import { localDay } from "../../campaign/calendar.ts";
import type { Gift } from "../../campaign/program.ts";
import type { CheckInReaction, Reaction } from "../../intake/reaction.ts";
import { minuteOf } from "../../store/clock.ts";
import { type Html, html } from "./html.ts";
import type { Page } from "./layout.ts";
import { TEXTS } from "./text.ts";
import { type PageParts, post, type Visit } from "./visit.ts";

/** The button; looking at the page does nothing, so a scanner that opens links checks nobody in. */
export async function showCheckIn(parts: PageParts, visit: Visit): Promise<Page> {
  const text = TEXTS[visit.locale].checkIn;
  const { e: enrolment, s: step, d: day } = visit.link;
  const challenge =
    enrolment !== undefined && step !== undefined ? await parts.look.challenge({ enrolment, step }) : undefined;
  if (!challenge?.takes || !visit.document || day === undefined) return over(visit);
  if (challenge.checked.includes(challenge.first_day + day - 1)) {
    const body = html`<p>${text.alreadyBody(day)}</p>
      <p class="soft">${text.soFar(challenge.checked.length, challenge.days)}</p>`;
    return { locale: visit.locale, title: text.already, body };
  }
  return {
    locale: visit.locale,
    title: text.title(day, challenge.days),
    body: html`<p>${visit.document.name[visit.locale]}</p>
      <p class="soft">${text.soFar(challenge.checked.length, challenge.days)}</p>
      <form method="post"><button>${text.button}</button></form>`,
  };
}

export async function doCheckIn(parts: PageParts, visit: Visit): Promise<Page> {
  const { e: enrolment, s: step, d: day } = visit.link;
  const challenge =
    enrolment !== undefined && step !== undefined ? await parts.look.challenge({ enrolment, step }) : undefined;
  if (!challenge || !visit.document || day === undefined) return over(visit);
  // the button pressed twice is one event; on another day it is asked anew
  const today = localDay(zoneAround(visit.zone!, minuteOf(visit.at)), minuteOf(visit.at));
  const id = `check-in/${enrolment}/${step}/${day}/${today}`;
  const event = await post(parts, visit, id, challenge.event_type, { enrolment, step, day });
  if (!event) return later(visit);
  const result = (event.reaction as Reaction | null)?.checkIns?.find(
    (one) => one.enrolment === enrolment && one.step === step,
  );
  return result ? shown(visit, result, visit.document.gifts, challenge.days) : over(visit);
}

function shown(visit: Visit, result: CheckInReaction, gifts: Record<string, Gift>, days: number): Page {
  const { locale } = visit;
  const text = TEXTS[locale].checkIn;
  switch (result.result) {
    case "counted":
      return { locale, title: text.done, body: rewards(visit, result, gifts, days) };
    case "already":
      return { locale, title: text.already, body: html`<p>${text.alreadyBody(result.day)}</p>` };
    case "too-late":
      return { locale, title: text.tooLate, body: html`<p>${text.tooLateBody(result.day)}</p>` };
    case "not-yet":
      return { locale, title: text.notYet, body: html`<p>${text.notYetBody(result.day)}</p>` };
    case "outside":
      return over(visit);
  }
}

function rewards({ locale }: Visit, result: CheckInReaction, gifts: Record<string, Gift>, days: number): Html {
  const text = TEXTS[locale].checkIn;
  const won = (result.gifts ?? []).map(({ gift, status }) => {
    const name = gifts[gift]?.name[locale] ?? gift;
    return html`<li>${status === "granted" ? text.gift(name) : text.noGift(name)}</li>`;
  });
  return html`<p class="figure">${text.streak(result.streak ?? 1)}</p>
    <p>${text.soFar(result.count ?? 1, days)}</p>
    ${result.points !== undefined && html`<p>${text.points(result.points)}</p>`}
    ${
      won.length > 0 &&
      html`<ul class="gifts">
        ${won}
      </ul>`
    }`;
}

function over({ locale }: Visit): Page {
  const text = TEXTS[locale].checkIn;
  return { locale, title: text.over, body: html`<p>${text.overBody}</p>` };
}

function later({ locale }: Visit): Page {
  const text = TEXTS[locale].checkIn;
  return { locale, title: text.noted, body: html`<p>${text.notedBody}</p>` };
}
