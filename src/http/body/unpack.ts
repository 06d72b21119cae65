import { Transform } from "node:stream";
import { createGunzip } from "node:zlib";
import type { FastifyInstance, RequestPayload } from "fastify";
import { LIMITS } from "../guard/limit.ts";
import { Problem, TOO_LARGE } from "../problem.ts";

/** Bodies packed by gzip are read as what they unpack to, which may be no larger than any other body. */
export function unpackBodies(app: FastifyInstance, most: number): void {
  app.addHook("preParsing", (request, _reply, payload, done) => {
    const encoding = request.headers["content-encoding"]?.toLowerCase() ?? "identity";
    if (encoding === "identity") return done(null, payload);
    const { file = false } = request.routeOptions.config;
    const bound = file ? LIMITS.fileBytes : most;
    if (encoding === "gzip" || encoding === "x-gzip") return done(null, unpacked(payload, bound));
    return done(new Problem(415, "content-encoding", GZIP_ONLY));
  });
}

const GZIP_ONLY = { en: "bodies may be packed by gzip, and by nothing else", "zh-CN": "请求体仅支持 gzip 压缩" };
const NOT_GZIP = { en: "the body is not what gzip makes", "zh-CN": "请求体不是有效的 gzip 数据" };

/** Stops unpacking as soon as it is too much: a small body may unpack to a thousand times its size. */
function unpacked(payload: RequestPayload, most: number): RequestPayload {
  const gunzip = createGunzip();
  let size = 0;
  const body: RequestPayload & Transform = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      size += chunk.length;
      if (size > most) next(new Problem(413, "too-large", TOO_LARGE));
      else next(null, chunk);
    },
  });
  // what Fastify compares with the length that the request has told
  body.receivedEncodedLength = 0;
  payload.on("data", (chunk: Buffer) => (body.receivedEncodedLength! += chunk.length));
  payload.on("error", (error) => body.destroy(error));
  gunzip.on("error", () => body.destroy(new Problem(400, "content-encoding", NOT_GZIP)));
  // the request itself stays open: it is yet to be answered
  body.on("close", () => {
    payload.unpipe(gunzip);
    gunzip.destroy();
  });
  payload.pipe(gunzip).pipe(body);
  return body;
}
