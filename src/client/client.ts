/** A typed client for backends, over fetch; needs nothing else of Rekindle. */
export interface ClientOptions {
  /** "https://rekindle.example" */
  url: string;
  /** rk_… */
  key: string;
}

export interface PostedEvent {
  /** unique within the source: the same event sent twice counts once */
  id: string;
  source: string;
  type: string;
  /** customer_id */
  subject: string;
  /** RFC 3339; left out: when it is received */
  time?: string;
  data?: Record<string, unknown>;
}

export interface SendResult {
  accepted: number;
  duplicates: number;
  events: { source: string; id: string; status: "accepted" | "duplicate" }[];
  /** events of a batch that were refused, by their index in it */
  errors?: { index?: number; pointer: string; detail: string; hint?: string }[];
}

export interface StoredEvent extends PostedEvent {
  received: string;
  /** null: not yet */
  reacted: string | null;
  /** what it did */
  reaction: Record<string, unknown> | null;
}

/** What the API answered instead (RFC 9457). */
export class ClientError extends Error {
  readonly status: number;
  readonly problem: { title?: string; detail?: string; errors?: SendResult["errors"] };
  constructor(status: number, problem: ClientError["problem"]) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    this.status = status;
    this.problem = problem;
  }
}

export interface Client {
  /** Resolves when the events are durable. Sending the same ones again is safe. @throws ClientError, TypeError when there is no connection */
  sendEvents(events: PostedEvent[]): Promise<SendResult>;
  /** @returns undefined when there is no such event */
  event(source: string, id: string): Promise<StoredEvent | undefined>;
}

export function openClient({ url, key }: ClientOptions): Client {
  const base = url.replace(/\/$/, "");
  const headers = { authorization: `Bearer ${key}` };
  return {
    async sendEvents(events) {
      const single = events.length === 1;
      const bodies = events.map((event) => ({ specversion: "1.0", ...event }));
      const response = await fetch(`${base}/v1/events`, {
        method: "POST",
        headers: {
          ...headers,
          "content-type": single ? "application/cloudevents+json" : "application/cloudevents-batch+json",
        },
        body: JSON.stringify(single ? bodies[0] : bodies),
      });
      return answer<SendResult>(response);
    },
    async event(source, id) {
      const response = await fetch(`${base}/v1/events/${encodeURIComponent(source)}/${encodeURIComponent(id)}`, {
        headers,
      });
      return response.status === 404 ? undefined : answer<StoredEvent>(response);
    },
  };
}

async function answer<T>(response: Response): Promise<T> {
  const body: unknown = await response.json().catch(() => ({}));
  if (!response.ok) throw new ClientError(response.status, body as ClientError["problem"]);
  return body as T;
}
