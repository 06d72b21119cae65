import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { faultFields, type Log } from "../watch/log.ts";
import { requestSeconds } from "../watch/metrics.ts";
import { isTracing, type Span, span, within } from "../watch/trace.ts";
import type { Problem } from "./problem.ts";

const GIVEN = /^[\w.:-]{1,64}$/;

/** The id that the asker or a proxy gave, if it is one that can be written anywhere; else a new one. */
export function requestId({ headers }: IncomingMessage): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && GIVEN.test(given) ? given : randomUUID();
}

/** Every answer names its request; every request is counted, and at level debug written down, by route, status and time. */
export function watchRequests(app: FastifyInstance, log: Log): void {
  app.addHook("onRequest", (request, reply, done) => {
    reply.header("x-request-id", request.id);
    done();
  });
  const spans = new WeakMap<FastifyRequest, Span>();
  // when the body has been read: what reads it is not of this request's making
  app.addHook("preHandler", (request, _reply, done) => {
    if (!isTracing() || request.method === "GET") return done();
    const { method, route } = placeOf(request);
    const { traceparent } = request.headers;
    const began = span(`${method} ${route}`, {
      kind: "server",
      parent: typeof traceparent === "string" ? traceparent : undefined,
      attributes: { "http.request.method": method, "http.route": route, request: request.id },
    });
    if (!began) return done();
    spans.set(request, began);
    return within(began.trace, done);
  });
  app.addHook("onResponse", (request, reply, done) => {
    const ms = reply.elapsedTime;
    spans.get(request)?.end({ "http.response.status_code": reply.statusCode });
    const { method, route } = placeOf(request);
    requestSeconds.observe({ method, route, status: reply.statusCode }, ms / 1000);
    if (log.isLevelEnabled("debug")) {
      log.debug(
        { request: request.id, method, route, status: reply.statusCode, ms: Math.round(ms * 10) / 10 },
        "asked",
      );
    }
    done();
  });
}

/**
 * What went wrong here: never the address itself, as links in messages are keys; never the error's text, as it may
 * quote data.
 */
export function logFailure(log: Log, request: FastifyRequest, { status }: Problem, error: unknown): void {
  if (status < 500) return;
  const fields = { request: request.id, ...placeOf(request), status, ...faultFields(error) };
  if (status === 503) log.warn(fields, "not now");
  else log.error(fields, "failed");
}

/** Addresses that nobody serves share a name, so that strangers cannot make up new ones. */
function placeOf(request: FastifyRequest): { method: string; route: string } {
  const route = request.routeOptions.url;
  return route === undefined ? { method: "any", route: "none" } : { method: request.method, route };
}
