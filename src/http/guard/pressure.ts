import type { FastifyInstance, FastifyRequest } from "fastify";
import { Problem } from "../problem.ts";

/** Of all bodies that are being read or worked on; parsed they take some three times as much. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Bodies are only begun to be read while those in hand are small enough together: with a slow database, requests that
 * wait for it would else fill the memory before the receiver sees a single event. What is too much is answered 503.
 * @param largest counted for a body that does not say its length
 */
export function boundBodies(app: FastifyInstance, largest: number, most = MOST_BYTES): void {
  let held = 0;
  app.addHook("onRequest", (request, reply, done) => {
    const bytes = declared(request, largest);
    if (bytes === 0) return done();
    if (held + bytes > most) {
      return done(
        new Problem(503, "busy", {
          en: "too many requests are being worked on; try again",
          "zh-CN": "正在处理的请求过多，请稍后重试",
        }),
      );
    }
    held += bytes;
    // also when the asker hangs up before the answer
    reply.raw.once("close", () => {
      held -= bytes;
    });
    return done();
  });
}

function declared({ headers }: FastifyRequest, largest: number): number {
  // nor does a packed body say what it unpacks to
  if (headers["transfer-encoding"] !== undefined || headers["content-encoding"] !== undefined) return largest;
  const length = Number(headers["content-length"] ?? 0);
  // a body that says it is larger than it may be is refused before it is read
  return Number.isFinite(length) ? Math.min(length, largest) : largest;
}
