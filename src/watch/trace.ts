import { AsyncLocalStorage } from "node:async_hooks";
import type { Config } from "../config.ts";

/** Says where a span stands in its trace: W3C traceparent, kept with rows on their way to other processes. */
export type Trace = string;

export interface Span {
  trace: Trace;
  /** Attributes hold ids, codes and names of our own. */
  end(attributes?: Record<string, string | number>): void;
}

export interface SpanOptions {
  /** undefined: a trace begins here */
  parent?: Trace | null | undefined;
  attributes?: Record<string, string | number>;
  /** takes a request in, or sends something out; anything else happens inside */
  kind?: "server" | "client";
}

/** Begins spans; undefined for those that are not wanted. */
export type Tracer = (name: string, options: SpanOptions) => Span | undefined;

let tracer: Tracer | undefined;
const current = new AsyncLocalStorage<Trace>();

/**
 * Collects traces of this process from now on, if OTEL_EXPORTER_OTLP_ENDPOINT says where to. What it takes is loaded only
 * then. @returns sends what is left
 */
export async function startTracing(
  process: string,
  config: Pick<Config, "traces" | "schema">,
): Promise<() => Promise<void>> {
  if (config.traces === undefined) return async () => undefined;
  const { openTracer } = await import("./otlp.ts");
  const opened = openTracer(process, config.schema, config.traces);
  tracer = opened.tracer;
  return async () => {
    tracer = undefined;
    await opened.close();
  };
}

export function isTracing(): boolean {
  return tracer !== undefined;
}

/** Begins a span, if traces are collected and its trace is one of those that are wanted. */
export function span(name: string, options: SpanOptions = {}): Span | undefined {
  return tracer?.(name, options);
}

/** As `span`, for work that belongs to a trace or to none. */
export function spanWithin(
  parent: Trace | null | undefined,
  name: string,
  options: SpanOptions = {},
): Span | undefined {
  return parent ? tracer?.(name, { ...options, parent }) : undefined;
}

/** Runs `work` so that `currentTrace` names the span in everything that it does. */
export function within(trace: Trace, work: () => void): void {
  current.run(trace, work);
}

/** Of the request that is being answered. */
export function currentTrace(): Trace | undefined {
  return tracer === undefined ? undefined : current.getStore();
}
