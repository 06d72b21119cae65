import { isUtf8 } from "node:buffer";
import type { FastifyBodyParser, FastifyInstance } from "fastify";
import { LIMITS } from "../guard/limit.ts";
import { JSON_TYPES, Problem } from "../problem.ts";
import { unpackBodies } from "./unpack.ts";

export const BATCH_TYPE = "application/cloudevents-batch+json";

declare module "fastify" {
  interface FastifyContextConfig {
    /** route.ts says what these are */
    cors?: boolean;
    writeKey?: boolean;
    file?: boolean;
  }
}

/** Reads JSON bodies of the API ourselves: Fastify's reader takes broken UTF-8 for text. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const types = ["application/json", "application/cloudevents+json", BATCH_TYPE];
  const json: FastifyBodyParser<Buffer> = (_request, body, done) => {
    const read = parse(body);
    if (read instanceof Problem) done(read);
    else done(null, read.json);
  };
  app.addContentTypeParser(types, { parseAs: "buffer" }, json);
  // what browsers send without asking first; for no other route, as any page could make them send it
  app.addContentTypeParser("text/plain", { parseAs: "buffer" }, (request, body: Buffer, done) =>
    request.routeOptions.config.writeKey
      ? json(request, body, done)
      : done(new Problem(415, "content-type", JSON_TYPES)),
  );
  unpackBodies(app, LIMITS.bodyBytes);
}

function parse(body: Buffer): { json: unknown } | Problem {
  if (body.length === 0) return new Problem(400, "empty", { en: "the body is empty", "zh-CN": "请求体为空" });
  if (!isUtf8(body))
    return new Problem(400, "encoding", { en: "the body is not UTF-8", "zh-CN": "请求体不是 UTF-8 编码" });
  let json: unknown;
  try {
    json = JSON.parse(body.toString("utf8"));
  } catch {
    return new Problem(400, "json", { en: "the body is not JSON", "zh-CN": "请求体不是合法的 JSON" });
  }
  if (body.length > LIMITS.jsonDepth && isDeeper(json, LIMITS.jsonDepth))
    return new Problem(400, "depth", { en: "the body is nested too deep", "zh-CN": "请求体嵌套过深" });
  return { json };
}

/** Whoever walks through a body may do so by calling itself. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  for (const inner of Array.isArray(value) ? value : Object.values(value)) {
    if (typeof inner === "object" && isDeeper(inner, levels - 1)) return true;
  }
  return false;
}

/** Files are not read into memory: whoever takes one gets the stream. */
export function readFiles(app: FastifyInstance): FastifyInstance {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
  return app;
}

/** Hosted pages take what a form or a mail client sends, whatever it calls it. */
export function readForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string", bodyLimit: 64 * 1024 }, (_request, body: string, done) => {
    // no reader means to type a NUL, and the database cannot store it
    done(null, new URLSearchParams(body.replaceAll(/%00|\0/g, "")));
  });
}
