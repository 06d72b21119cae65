import type { FastifyInstance } from "fastify";

const ALWAYS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "x-frame-options": "DENY",
  // answers are for who asked, now; what may be kept says so itself
  "cache-control": "no-store",
  // an answer that a browser opens as a page can do nothing; pages bring a policy of their own
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};

/** What browsers are told about every answer; a handler may say otherwise. */
export function guardAnswers(app: FastifyInstance, publicUrl: string | undefined): void {
  const headers = {
    ...ALWAYS,
    ...(publicUrl?.startsWith("https:") && { "strict-transport-security": "max-age=31536000" }),
  };
  app.addHook("onRequest", (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
}
