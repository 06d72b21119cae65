import { randomUUID } from "node:crypto";
import { recordClick } from "../../store/hosted-page.ts";
import { html } from "./html.ts";
import type { Page } from "./layout.ts";
import { TEXTS } from "./text.ts";
import { type PageParts, post, type Visit } from "./visit.ts";

/** Asks before it unsubscribes: programs that look through mail open links too. */
export function showUnsubscribe(visit: Visit): Page {
  const text = TEXTS[visit.locale].preferences;
  if (visit.granted === false) return showPreferences(visit);
  return {
    locale: visit.locale,
    title: text.ask,
    body: html`<p>${text.askBody}</p>
      <form method="post"><button>${text.stop}</button></form>
      <p class="soft">${text.still}</p>`,
  };
}

/** Both the button of our page and a mail client's own (RFC 8058), which sends no more than the address. */
export async function doUnsubscribe(parts: PageParts, visit: Visit): Promise<Page> {
  await change(parts, visit, false);
  const text = TEXTS[visit.locale].preferences;
  return {
    locale: visit.locale,
    title: text.stopped,
    body: html`<p>${text.stoppedBody}</p>
      <p class="soft">${text.still}</p>`,
  };
}

export function showPreferences(visit: Visit): Page {
  const text = TEXTS[visit.locale].preferences;
  const on = visit.granted === true;
  return {
    locale: visit.locale,
    title: text.title,
    body: html`<p>${on ? text.on : text.off}</p>
      <form method="post">
        <input type="hidden" name="granted" value="${on ? "no" : "yes"}" /><button class="${on ? "quiet" : ""}">
          ${on ? text.stop : text.start}
        </button>
      </form>
      <p class="soft">${text.still}</p>`,
  };
}

export async function doPreferences(parts: PageParts, visit: Visit, fields: URLSearchParams): Promise<Page> {
  const granted = fields.get("granted");
  if (granted !== "yes" && granted !== "no") return showPreferences(visit);
  await change(parts, visit, granted === "yes");
  return showPreferences({ ...visit, granted: granted === "yes" });
}

async function change(parts: PageParts, visit: Visit, granted: boolean): Promise<void> {
  const { channel, topic, link } = visit;
  if (!granted) await recordClick(parts.db, link.m, "unsubscribe", visit.at);
  const data = { channel: channel ?? "email", topic: topic ?? "promotion", granted };
  // each press counts, since a customer may change their mind more than once from the same mail
  await post(parts, visit, `consent/${randomUUID()}`, "consent.changed", data);
}
