import { openClient } from "../../client/client.ts";
import { type Answer, ask } from "./http.ts";
import { patiently } from "./patience.ts";

/** The only ways in which simulated people touch Rekindle: hosted pages and the event API, over HTTP. */
export interface Outside {
  /** opens a link of a mail and presses the page's button */
  checkIn(url: string): Promise<void>;
  /** opens a survey, fills in every rating and text, sends it */
  answer(url: string, score: number, text: string): Promise<void>;
  /** what a mail client does for its "unsubscribe" button (RFC 8058) */
  unsubscribe(url: string): Promise<void>;
  post(event: OutsideEvent): Promise<void>;
}

export interface OutsideEvent {
  id: string;
  type: string;
  customer: string;
  /** ISO 8601 */
  time: string;
  data: Record<string, unknown>;
}

export function openOutside(publicUrl: string, key: string): Outside {
  // a shop's events go in batches as they come: waiting for others would only hold the demo's clock up
  const { events } = openClient({ url: publicUrl, key, events: { source: "/shop", lingerMs: 0, patience: PATIENCE } });
  return {
    async checkIn(url) {
      await insist("check-in page", () => ask(url));
      await insist("check-in", () => submit(url, {}));
    },
    async answer(url, score, text) {
      const page = await insist("survey page", () => ask(url));
      const fields: Record<string, string> = {};
      for (const name of names(page, /<input[^>]*type="radio"[^>]*>/g)) fields[name] = String(score);
      for (const name of names(page, /<textarea[^>]*>/g)) fields[name] = text;
      await insist("survey", () => submit(url, fields));
    },
    async unsubscribe(url) {
      await insist("unsubscribe", () => submit(url, { "List-Unsubscribe": "One-Click" }));
    },
    async post({ id, type, customer, time, data }) {
      await events.send({ id, type, subject: customer, time, data });
    },
  };
}

/** Two minutes, like everybody's here. */
const PATIENCE = { retries: 60, longestMs: 2_000 };

function submit(url: string, fields: Record<string, string>): Promise<Answer> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return ask(url, { body: new URLSearchParams(fields).toString(), headers });
}

/** No answer, or one that says "not now". */
class Away extends Error {}

/** People press the button again when they get no answer, or one that says that the trouble is not theirs. @returns the page */
function insist(what: string, request: () => Promise<Answer>): Promise<string> {
  return patiently(
    async () => {
      const { status, body } = await request().catch((error: Error) => {
        throw new Away(`${what}: ${error.message}`);
      });
      if (status < 300) return body;
      const message = `${what}: answered ${status}: ${body.slice(0, 300)}`;
      throw status >= 500 ? new Away(message) : new Error(message);
    },
    (error) => error instanceof Away,
  );
}

function names(page: string, element: RegExp): Set<string> {
  return new Set([...page.matchAll(element)].map(([tag]) => /name="([^"]+)"/.exec(tag)?.[1] ?? "").filter(Boolean));
}
