import { FILED, KEYED } from "./api/routes.ts";
import type { ClientError } from "./error.ts";
import { type EventOptions, type EventSender, openEvents } from "./events.ts";
import { type Patience, patiently } from "./patience.ts";
import { type Answer, ask, type Request, type Transport } from "./transport.ts";
import type { AnswerOf, ArgumentsOf, Common, ItemOf, ListPath, Method, PathOf } from "./types.ts";

export { ClientError, type ProblemDocument, type ProblemError } from "./error.ts";
export type { EventSender, GivenUp, OutgoingEvent, SentEvent } from "./events.ts";

/** A typed client for Node 20 and browsers; needs `fetch` and nothing else. */
export interface ClientOptions extends Transport {
  patience?: Patience;
  events?: EventOptions;
}

export interface Detailed<T> {
  status: number;
  headers: Headers;
  /** undefined with 304: it is as If-None-Match says */
  answer: T | undefined;
}

type Call<M extends Method> = <P extends PathOf<M>>(path: P, ...options: ArgumentsOf<M, P>) => Promise<AnswerOf<M, P>>;

export interface Client {
  /** All resolve with what the address answers. @throws ClientError when it is a problem, after all tries worth making */
  get: Call<"GET">;
  post: Call<"POST">;
  put: Call<"PUT">;
  delete: Call<"DELETE">;
  /** The same, with status and headers: for ETag, and for If-None-Match that may be answered 304. */
  request: <M extends Method, P extends PathOf<M>>(
    method: M,
    path: P,
    ...options: ArgumentsOf<M, P>
  ) => Promise<Detailed<AnswerOf<M, P>>>;
  /** All entries of a list, however many pages it has; each page is asked for when it is needed. */
  list: <P extends ListPath>(path: P, ...options: ArgumentsOf<"GET", P>) => AsyncGenerator<ItemOf<P>, void>;
  events: EventSender;
  /** Sends what waits and takes no more events. To be awaited before a process ends. */
  close(): Promise<void>;
}

/** What any address may take. */
interface Options extends Common {
  path?: Record<string, string | number>;
  query?: Record<string, string | number | boolean | undefined>;
  headers?: Record<string, string | undefined>;
  body?: unknown;
}

export function openClient({ patience = {}, events: eventOptions, ...transport }: ClientOptions): Client {
  const events = openEvents(transport, { ...eventOptions, patience: { ...patience, ...eventOptions?.patience } });

  async function request(method: Method, path: string, options: Options = {}): Promise<Answer> {
    const { body, signal, idempotencyKey } = options;
    const keyed = KEYED.has(`${method} ${path}`);
    const key = keyed ? (idempotencyKey ?? crypto.randomUUID()) : undefined;
    const sent = {
      method,
      path: addressOf(path, options),
      headers: defined({ ...options.headers, "idempotency-key": key }),
      signal,
      ...(body !== undefined && bodyOf(body, FILED.has(`${method} ${path}`))),
    };
    return patiently(
      () => ask(transport, sent),
      (failure) => mayRepeat(method, keyed, failure),
      patience,
      signal,
    );
  }

  const call = (method: Method) => async (path: string, options?: Options) =>
    (await request(method, path, options)).body;
  async function* list(path: string, options: Options = {}) {
    for (let after: string | null | undefined; after !== null;) {
      const query = after === undefined ? options.query : { ...options.query, after };
      const page = (await request("GET", path, { ...options, query: query ?? {} })).body as Page;
      yield* page.items;
      after = page.next;
    }
  }
  return {
    get: call("GET"),
    post: call("POST"),
    put: call("PUT"),
    delete: call("DELETE"),
    async request(method: Method, path: string, options?: Options) {
      const { status, headers, body } = await request(method, path, options);
      return { status, headers, answer: body };
    },
    list,
    events,
    close: () => events.close(),
  } as Client;
}

function bodyOf(body: unknown, filed: boolean): Pick<Request, "body" | "type"> {
  if (!filed) return { body: JSON.stringify(body) };
  const { type, file } = body as { type: string; file: string | ArrayBuffer };
  return { body: file, type };
}

interface Page {
  items: unknown[];
  next: string | null;
}

/**
 * What was perhaps done may only be asked for again where asking twice does it once. A refusal for the moment (429) did
 * nothing; and of a keyed request that is under way (409) the answer can be had later.
 */
function mayRepeat(method: Method, keyed: boolean, failure: ClientError): boolean {
  if (keyed && failure.status === 409) return failure.problem.type === "urn:rekindle:problem:under-way";
  return failure.passing && (method !== "POST" || keyed || failure.status === 429);
}

function addressOf(path: string, { path: names = {}, query = {} }: Options): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(names[name])));
  const search = new URLSearchParams(defined(query)).toString();
  return search === "" ? filled : `${filled}?${search}`;
}

function defined(values: Record<string, string | number | boolean | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
