import { ClientError, type ProblemError } from "./error.ts";
import { type Patience, patiently } from "./patience.ts";
import { ask, type Transport } from "./transport.ts";

export interface OutgoingEvent {
  /** unique within the source: the same event sent twice counts once; made up when left out */
  id?: string;
  /** left out: as in EventOptions */
  source?: string;
  type: string;
  /** customer_id */
  subject: string;
  /** RFC 3339; left out: the moment of `send` */
  time?: string;
  data?: Record<string, unknown>;
}

/** An event that is durable. */
export interface SentEvent {
  source: string;
  id: string;
  /** duplicate: it had been sent before */
  status: "accepted" | "duplicate";
}

export interface GivenUp {
  event: OutgoingEvent & { id: string; source: string };
  error: ClientError;
}

export interface EventOptions {
  /** of events that do not say: "/client" */
  source?: string;
  /** most events in one request; 200 */
  size?: number;
  /** most bytes in one request; 500,000 */
  bytes?: number;
  /** how long an event waits for others to go with; 10. Those that come while a request is under way go with the next */
  lingerMs?: number;
  /** most events that wait; those beyond are given up at once; 10,000 */
  waiting?: number;
  /** told of every event that was given up, also when nobody awaits what `send` returned */
  onError?: (given: GivenUp) => void;
  /** as the client's, but 20 retries: some eight minutes */
  patience?: Patience;
}

export interface EventSender {
  /** Resolves when the event is durable. @throws ClientError when it was refused or given up */
  send(event: OutgoingEvent): Promise<SentEvent>;
  /** Sends what waits, now. Resolves when all of it is durable or given up; never rejects. */
  flush(): Promise<void>;
  /** `flush`, and no more events are taken. */
  close(): Promise<void>;
}

interface Waiting {
  event: GivenUp["event"];
  json: string;
  bytes: number;
  resolve: (sent: SentEvent) => void;
  reject: (error: ClientError) => void;
}

interface Answered {
  events: SentEvent[];
  errors?: ProblemError[];
}

const utf8 = new TextEncoder();

/** Events one by one in, batches out: one request at a time, so that they arrive in the order of `send`. */
export function openEvents(transport: Transport, options: EventOptions): EventSender {
  const { source = "/client", size = 200, bytes = 500_000, lingerMs = 10 } = options;
  // an outage of some minutes costs no event
  const patience = { retries: 20, ...options.patience };
  let waiting: Waiting[] = [];
  let working: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  function send(given: OutgoingEvent): Promise<SentEvent> {
    const event = { id: crypto.randomUUID(), source, time: new Date().toISOString(), ...given };
    const json = JSON.stringify({ specversion: "1.0", ...event });
    const sent = new Promise<SentEvent>((resolve, reject) => {
      const one = { event, json, bytes: utf8.encode(json).length + 1, resolve, reject };
      if (closed) return giveUp(one, new ClientError(0, { detail: "the client is closed" }));
      if (waiting.length >= (options.waiting ?? 10_000)) {
        return giveUp(one, new ClientError(0, { detail: "too many events wait to be sent" }));
      }
      waiting.push(one);
      if (waiting.length >= size) work();
      else timer ??= setTimeout(work, lingerMs);
      return undefined;
    });
    // whoever does not wait for it hears of it by onError
    sent.catch(() => undefined);
    return sent;
  }

  function work(): void {
    clearTimeout(timer);
    timer = undefined;
    working ??= drain().finally(() => (working = undefined));
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) await post(nextBatch());
  }

  /** The oldest, as many as one request may hold; always one. */
  function nextBatch(): Waiting[] {
    let count = 0;
    for (let sum = 0; count < Math.min(size, waiting.length); count++) {
      sum += waiting[count]!.bytes;
      if (sum > bytes && count > 0) break;
    }
    const batch = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return batch;
  }

  async function post(batch: Waiting[]): Promise<void> {
    try {
      const body = `[${batch.map(({ json }) => json).join()}]`;
      const headers = { "content-type": "application/cloudevents-batch+json" };
      const posted = { method: "POST", path: "/v1/events", headers, body };
      const answer = await patiently(
        () => ask(transport, posted),
        (failure) => failure.passing,
        patience,
      );
      settle(batch, answer.body as Answered);
    } catch (failure) {
      const error =
        failure instanceof ClientError ? failure : new ClientError(0, { detail: "no answer" }, { cause: failure });
      const half = Math.ceil(batch.length / 2);
      if (error.status === 413 && batch.length > 1) {
        await post(batch.slice(0, half));
        await post(batch.slice(half));
      } else if (error.status === 400 && error.problem.errors?.some(({ index }) => index !== undefined)) {
        settle(batch, { events: [], errors: error.problem.errors }, error);
      } else for (const one of batch) giveUp(one, error);
    }
  }

  /** Those that were refused are named by their place; the others are answered in their order. */
  function settle(batch: Waiting[], { events, errors = [] }: Answered, whole?: ClientError): void {
    const refused = new Map<number, ProblemError[]>();
    for (const fault of errors) refused.set(fault.index ?? 0, [...(refused.get(fault.index ?? 0) ?? []), fault]);
    let taken = 0;
    batch.forEach((one, index) => {
      const faults = refused.get(index);
      const sent = faults ? undefined : events[taken++];
      if (sent) one.resolve(sent);
      else
        giveUp(one, new ClientError(400, { ...whole?.problem, detail: "the event was refused", errors: faults ?? [] }));
    });
  }

  function giveUp({ event, reject }: Waiting, error: ClientError): void {
    reject(error);
    if (options.onError) queueMicrotask(() => options.onError!({ event, error }));
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0 || working) {
      work();
      await working;
    }
  }
  return {
    send,
    flush,
    async close() {
      closed = true;
      await flush();
    },
  };
}
