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
  return {
    async checkIn(url) {
      await ask("check-in page", () => fetch(url));
      await ask("check-in", () => submit(url, {}));
    },
    async answer(url, score, text) {
      const page = await ask("survey page", () => fetch(url));
      const fields: Record<string, string> = {};
      for (const name of names(page, /<input[^>]*type="radio"[^>]*>/g)) fields[name] = String(score);
      for (const name of names(page, /<textarea[^>]*>/g)) fields[name] = text;
      await ask("survey", () => submit(url, fields));
    },
    async unsubscribe(url) {
      await ask("unsubscribe", () => submit(url, { "List-Unsubscribe": "One-Click" }));
    },
    async post(event) {
      const { id, type, customer, time, data } = event;
      const body = { specversion: "1.0", id, source: "/shop", type, subject: customer, time, data };
      const headers = { "content-type": "application/cloudevents+json", authorization: `Bearer ${key}` };
      await ask(type, () => fetch(`${publicUrl}/v1/events`, { method: "POST", headers, body: JSON.stringify(body) }));
    },
  };
}

function submit(url: string, fields: Record<string, string>): Promise<Response> {
  return fetch(url, { method: "POST", body: new URLSearchParams(fields) });
}

/** No answer, or one that says "not now". */
class Away extends Error {}

/**
 * People press the button again and shops post the same event again when they get no answer, or one that says that the
 * trouble is not theirs. @returns the page
 */
function ask(what: string, request: () => Promise<Response>): Promise<string> {
  return patiently(
    async () => {
      const { status, body } = await answerOf(request).catch((error: Error) => {
        throw new Away(`${what}: ${error.message}`);
      });
      if (status < 300) return body;
      const message = `${what}: answered ${status}: ${body.slice(0, 300)}`;
      throw status >= 500 ? new Away(message) : new Error(message);
    },
    (error) => error instanceof Away,
  );
}

async function answerOf(request: () => Promise<Response>): Promise<{ status: number; body: string }> {
  const response = await request();
  return { status: response.status, body: await response.text() };
}

function names(page: string, element: RegExp): Set<string> {
  return new Set([...page.matchAll(element)].map(([tag]) => /name="([^"]+)"/.exec(tag)?.[1] ?? "").filter(Boolean));
}
