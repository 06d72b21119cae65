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
      await expectOk(await fetch(url), "check-in page");
      await expectOk(await submit(url, {}), "check-in");
    },
    async answer(url, score, text) {
      const page = await expectOk(await fetch(url), "survey page");
      const fields: Record<string, string> = {};
      for (const name of names(page, /<input[^>]*type="radio"[^>]*>/g)) fields[name] = String(score);
      for (const name of names(page, /<textarea[^>]*>/g)) fields[name] = text;
      await expectOk(await submit(url, fields), "survey");
    },
    async unsubscribe(url) {
      await expectOk(await submit(url, { "List-Unsubscribe": "One-Click" }), "unsubscribe");
    },
    async post(event) {
      const { id, type, customer, time, data } = event;
      const body = { specversion: "1.0", id, source: "/shop", type, subject: customer, time, data };
      const response = await fetch(`${publicUrl}/v1/events`, {
        method: "POST",
        headers: { "content-type": "application/cloudevents+json", authorization: `Bearer ${key}` },
        body: JSON.stringify(body),
      });
      await expectOk(response, type);
    },
  };
}

function submit(url: string, fields: Record<string, string>): Promise<Response> {
  return fetch(url, { method: "POST", body: new URLSearchParams(fields) });
}

async function expectOk(response: Response, what: string): Promise<string> {
  const body = await response.text();
  if (!response.ok) throw new Error(`${what}: answered ${response.status}: ${body.slice(0, 300)}`);
  return body;
}

function names(page: string, element: RegExp): Set<string> {
  return new Set([...page.matchAll(element)].map(([tag]) => /name="([^"]+)"/.exec(tag)?.[1] ?? "").filter(Boolean));
}
