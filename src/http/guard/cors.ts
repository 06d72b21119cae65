import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Holder } from "../../store/api-key.ts";
import { Problem } from "../problem.ts";

const HEADERS = [
  "authorization",
  "content-type",
  "content-encoding",
  "x-retry-count",
  ...["ce-specversion", "ce-id", "ce-source", "ce-type", "ce-subject", "ce-time"],
];

/**
 * Browsers let pages of other origins ask only what answers so. Any origin may: who asks shows by the key, and no cookie
 * goes along. Register before whatever may refuse a request, so that pages can read why.
 */
export function allowOrigins(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, done) => {
    if (request.routeOptions.config.cors && request.headers.origin !== undefined) {
      reply.header("access-control-allow-origin", "*").header("access-control-expose-headers", "retry-after");
    }
    done();
  });
}

/** Answers what browsers ask before they send. */
export function mountPreflights(app: FastifyInstance, routes: { cors?: true; method: string; path: string }[]): void {
  for (const one of routes.filter((route) => route.cors)) {
    app.options(one.path, { config: { cors: true } }, async (_request, reply) =>
      reply
        .code(204)
        .header("access-control-allow-methods", one.method)
        .header("access-control-allow-headers", HEADERS.join(", "))
        .header("access-control-max-age", "86400")
        .send(),
    );
  }
}

/** @throws Problem 403: a page gives its key to everybody who looks at it */
export function refuseSecretInPage(request: FastifyRequest, holder: Holder | undefined): void {
  if (holder === undefined || holder.public || holder.kind !== "key") return;
  // only browsers send it, and scripts cannot
  if (request.headers["sec-fetch-mode"] !== "cors" || request.headers.origin === undefined) return;
  throw new Problem(403, "secret-key", {
    en: "this secret key is in a web page, where anybody can read it: revoke it, and make a public one (rekindle key create --public)",
    "zh-CN": "网页中使用了保密密钥，任何人都能看到：请吊销它，并改用公开密钥（rekindle key create --public）",
  });
}
