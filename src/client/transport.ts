import { ClientError, type ProblemDocument } from "./error.ts";

export interface Transport {
  /** "https://rekindle.example" */
  url: string;
  /** rk_… */
  key: string;
  /** of problems' texts: "en", "zh-CN" */
  language?: string;
  /** the global one when left out */
  fetch?: typeof fetch;
  /** how long one try may take; 60,000 */
  timeoutMs?: number;
}

export interface Request {
  method: string;
  /** with its query */
  path: string;
  headers?: Record<string, string>;
  /** JSON, unless `type` says what else */
  body?: string | ArrayBuffer;
  type?: string;
  signal?: AbortSignal | undefined;
}

export interface Answer {
  status: number;
  headers: Headers;
  /** JSON that was read, text, or bytes; undefined when there is none */
  body: unknown;
}

/** One try. @throws ClientError unless the status is 2xx or 304; what `signal` was aborted with */
export async function ask(
  transport: Transport,
  { method, path, headers, body, type = "application/json", signal }: Request,
): Promise<Answer> {
  const { url, key, language, timeoutMs = 60_000 } = transport;
  const late = AbortSignal.timeout(timeoutMs);
  try {
    const response = await (transport.fetch ?? fetch)(`${url.replace(/\/+$/, "")}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(language !== undefined && { "accept-language": language }),
        ...(body !== undefined && { "content-type": type }),
        ...headers,
      },
      signal: signal ? AbortSignal.any([signal, late]) : late,
      ...(body !== undefined && { body }),
    });
    const read = [204, 304].includes(response.status) ? undefined : await readBody(response);
    if (response.ok || response.status === 304)
      return { status: response.status, headers: response.headers, body: read };
    const problem = typeof read === "object" && read !== null ? (read as ProblemDocument) : {};
    throw new ClientError(response.status, problem, { retryMs: retryAfter(response.headers.get("retry-after")) });
  } catch (failure) {
    if (failure instanceof ClientError) throw failure;
    signal?.throwIfAborted();
    const detail = late.aborted ? `no answer within ${timeoutMs} ms` : "no answer";
    throw new ClientError(0, { detail }, { cause: failure });
  }
}

/** @throws SyntaxError when an answer was cut off; of what stands between us and the server a problem need not be JSON */
async function readBody(response: Response): Promise<unknown> {
  const type = response.headers.get("content-type") ?? "";
  if (!/[/+]json\b/.test(type) && !type.startsWith("text/") && response.ok) return response.arrayBuffer();
  const text = await response.text();
  if (text === "" || !/[/+]json\b/.test(type)) return text === "" ? undefined : text;
  try {
    return JSON.parse(text) as unknown;
  } catch (failure) {
    if (response.ok) throw failure;
    return text;
  }
}

/** Seconds, or a date. */
function retryAfter(written: string | null): number | undefined {
  if (written === null) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(written) ? Number(written) * 1000 : Date.parse(written) - Date.now();
  return ms > 0 ? ms : undefined;
}
