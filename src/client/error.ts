/** What is wrong with what was sent; `index` is an event's place in its batch. */
export interface ProblemError {
  index?: number;
  file?: string;
  /** JSON pointer into what was sent */
  pointer: string;
  detail: string;
  hint?: string;
}

/** What the API says instead of an answer (RFC 9457). */
export interface ProblemDocument {
  /** "urn:rekindle:problem:bad-event" */
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  errors?: ProblemError[];
}

/** A request that came to nothing, after all tries that were worth making. */
export class ClientError extends Error {
  /** HTTP status; 0 when there was no answer: nobody there, the line was cut, it took too long */
  readonly status: number;
  readonly problem: ProblemDocument;
  /** what Retry-After asks for, in milliseconds */
  readonly retryMs: number | undefined;
  constructor(status: number, problem: ProblemDocument, more: { retryMs?: number | undefined; cause?: unknown } = {}) {
    const said = [problem.detail ?? problem.title ?? (status === 0 ? "no answer" : `HTTP ${status}`)];
    if (problem.errors?.length === 1) said.push(`${problem.errors[0]!.pointer} ${problem.errors[0]!.detail}`);
    super(said.join(": "), more.cause === undefined ? undefined : { cause: more.cause });
    this.name = "ClientError";
    this.status = status;
    this.problem = problem;
    this.retryMs = more.retryMs;
  }

  /** Whether the same request may fare better later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}
