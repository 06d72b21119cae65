import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Redis } from "ioredis";
import type { Config } from "../../config.ts";
import { limitedTotal } from "../../watch/metrics.ts";
import { holderOf } from "./auth.ts";
import { Problem } from "../problem.ts";
import { openRates } from "./rate.ts";

/** What a request may be at most; docs/api.md tells them. */
export const LIMITS = {
  bodyBytes: 1024 * 1024,
  /** of a file to import */
  fileBytes: 256 * 1024 * 1024,
  /** of address and headers together: Node refuses more by itself */
  headBytes: 16 * 1024,
  headers: 100,
  urlBytes: 8 * 1024,
  /** levels of a JSON body */
  jsonDepth: 100,
  headMs: 10_000,
  requestMs: 30_000,
  /** an idle connection is kept a little longer than balancers keep theirs */
  idleMs: 75_000,
};

/**
 * Requests a second, over ten seconds, of one key by its role, of a public key, and of one address that shows no key.
 * Generous: they are there so that one asker's mistake is not everybody's trouble.
 */
const RATES: Record<string, number> = {
  backend: 20_000,
  admin: 500,
  ops: 500,
  marketer: 200,
  sales: 200,
  service: 200,
  public: 2_000,
  address: 200,
  /** answers 401 to one address */
  refused: 10,
};
const OTHER = 200;

/** Refuses what is too large, too much or too often, before its body is read. */
export function limitRequests(
  app: FastifyInstance,
  { redis, config, stopping }: { redis: Redis; config: Config; stopping: () => boolean },
): void {
  const rates = openRates(redis, config.schema);
  for (const limit of [...Object.keys(RATES), "head", "stopping"]) limitedTotal.inc({ limit }, 0);
  const perSecond = (who: string) => config.rateLimits[who] ?? RATES[who] ?? OTHER;

  app.addHook("onRequest", (request, reply, done) => {
    if (stopping() && !isHealth(request)) {
      // the connection ends with this answer, so that the next request goes to another process
      reply.header("connection", "close");
      return done(limited("stopping", STOPPING, 1));
    }
    const fault = headFault(request.raw);
    if (fault) return done(fault);
    if (isLocal(request.ip)) return done();
    if (request.headers.authorization !== undefined || request.headers.cookie !== undefined) {
      const wait = rates.look(`refused ${request.ip}`);
      return done(wait > 0 ? limited("refused", OFTEN, wait) : undefined);
    }
    settle("address", rates.spend(`address ${request.ip}`, perSecond("address")), done);
  });
  // after the key was looked up, before the body is read
  app.addHook("preParsing", (request, _reply, payload, done) => {
    const holder = holderOf(request);
    const next = (error?: Problem) => done(error, payload);
    if (holder === undefined) return next();
    const who = holder.public ? "public" : holder.role;
    settle(who, rates.spend(`${holder.kind} ${holder.name}`, holder.perSecond ?? perSecond(who)), next);
  });
  app.addHook("onSend", (_request, reply, payload, done) => {
    // a connection that stayed open would keep the process from ending
    if (stopping()) reply.header("connection", "close");
    done(null, payload);
  });
  app.addHook("onResponse", (request, reply, done) => {
    if (reply.statusCode === 401 && !isLocal(request.ip)) {
      void rates.spend(`refused ${request.ip}`, perSecond("refused"));
    }
    done();
  });
}

function settle(who: string, spent: number | Promise<number>, done: (error?: Problem) => void): void {
  if (spent === 0) return done();
  if (typeof spent === "number") return done(limited(who, OFTEN, spent));
  spent.then(
    (wait) => done(wait > 0 ? limited(who, OFTEN, wait) : undefined),
    () => done(),
  );
}

const OFTEN = { en: "too many requests; wait and try again", "zh-CN": "请求过于频繁，请稍后重试" };
const STOPPING = { en: "this server is stopping; try again", "zh-CN": "服务正在停止，请重试" };

function limited(limit: string, detail: Problem["detail"], retryAfter: number): Problem {
  limitedTotal.inc({ limit });
  const stopping = limit === "stopping";
  return new Problem(stopping ? 503 : 429, stopping ? "stopping" : "rate", detail, [], retryAfter);
}

function headFault({ url = "", rawHeaders }: IncomingMessage): Problem | undefined {
  if (url.length > LIMITS.urlBytes) {
    return new Problem(414, "address", { en: "the address is too long", "zh-CN": "地址过长" });
  }
  if (rawHeaders.length / 2 > LIMITS.headers) {
    return new Problem(431, "headers", { en: "there are too many headers", "zh-CN": "请求头过多" });
  }
  return undefined;
}

function isHealth(request: FastifyRequest): boolean {
  const { url } = request.routeOptions;
  return url === "/healthz" || url === "/readyz" || url === "/metrics";
}

/** Requests of this machine itself have no address that tells one asker from another: often it is a proxy. */
function isLocal(address: string): boolean {
  return address === "127.0.0.1" || address === "::1" || address === "::ffff:127.0.0.1";
}
