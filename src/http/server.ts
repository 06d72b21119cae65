import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import Fastify, { type FastifyRequest, type InjectOptions, type LightMyRequestResponse } from "fastify";
import type { Home } from "../campaign/library.ts";
import type { Config } from "../config.ts";
import { openWaker } from "../delivery/lane.ts";
import { ServiceError } from "../fault.ts";
import { openReceiver, type Receiver } from "../intake/receive.ts";
import { followVocabulary } from "../operate/rules/vocabulary.ts";
import { readBacklog } from "../store/backlog.ts";
import type { Database } from "../store/database.ts";
import { openTemporal, type Temporal } from "../temporal/client.ts";
import { databaseParts } from "../store/standing.ts";
import { openBacklogMetrics } from "../watch/backlog.ts";
import { type Log, openLog } from "../watch/log.ts";
import { registry } from "../watch/metrics.ts";
import { openAuth } from "./guard/auth.ts";
import { readJsonBodies } from "./body/read.ts";
import { answerBrokenRequests } from "./guard/broken.ts";
import { LIMITS, limitRequests } from "./guard/limit.ts";
import { allowOrigins, mountPreflights } from "./guard/cors.ts";
import { descriptionRoutes } from "./openapi/document.ts";
import { pageRoutes } from "./pages.ts";
import type { Parts } from "./parts.ts";
import { boundBodies } from "./guard/pressure.ts";
import { Problem, problemOf, sendProblem } from "./problem.ts";
import { openReactionWatch } from "./reaction-watch.ts";
import { type AnyRoute, mount } from "./route.ts";
import { apiRoutes } from "./routes.ts";
import { guardAnswers } from "./guard/security-headers.ts";
import { openTemporalDoor } from "./temporal.ts";
import { logFailure, requestId, watchRequests } from "./watch.ts";
import { openRules } from "./rules.ts";

export interface ServerOptions {
  db: Database;
  /** redisUrl and secret filled in */
  config: Config;
  home: Home;
  /** called after so many events were stored together, instead of waking the lane "react" */
  onStored?: (events: number) => void;
  /** takes the events instead of our own, which stores them */
  receiver?: Receiver;
  /** for the routes that start workflows anew; connects to `temporalAddress` unless told */
  openTemporal?: () => Promise<Temporal>;
  /** for /v1/doctor */
  doctor?: Parts["doctor"];
  /** fails requests whose answers are not what /openapi.json says; for tests */
  checkAnswers?: boolean;
  /** standard error when left out */
  log?: Log;
}

export interface Server {
  url: string;
  /** what it answers besides hosted pages */
  routes: AnyRoute[];
  /** Answers as over a connection, without one. */
  inject(request: InjectOptions): Promise<LightMyRequestResponse>;
  /** Says so on /readyz, for as long as config.stopDelayMs; then takes no more, and answers what has come in. */
  close(): Promise<void>;
}

const GONE = new Problem(400, "aborted", { en: "the request did not come to its end", "zh-CN": "请求未完整发送" });

/** Whoever still trickles a request by then has had time enough. */
const STOP_MS = 10_000;

/** The API and the hosted pages. */
export async function openServer(options: ServerOptions): Promise<Server> {
  const { db, config, home, onStored, checkAnswers = false, log = openLog("serve", config) } = options;
  const vocabulary = await followVocabulary(config.rules, home, (faults) =>
    log.error(
      { faults: faults.map(({ file, pointer, message }) => `${file} ${pointer} ${message.en}`) },
      "rules not taken in",
    ),
  );
  const app = Fastify({
    bodyLimit: LIMITS.bodyBytes,
    requestTimeout: LIMITS.requestMs,
    keepAliveTimeout: LIMITS.idleMs,
    http: { maxHeaderSize: LIMITS.headBytes, headersTimeout: LIMITS.headMs, connectionsCheckingInterval: 2_000 },
    forceCloseConnections: "idle",
    return503OnClosing: false,
    routerOptions: { maxParamLength: 2_000 },
    genReqId: requestId,
    requestIdHeader: false,
    trustProxy: config.trustProxy ?? false,
    clientErrorHandler: answerBrokenRequests,
    // addresses that the router cannot read
    frameworkErrors: (error, request, reply) => void sendProblem(request, reply, problemOf(error)),
  });
  app.server.maxConnections = config.maxConnections;
  let leaving = false;
  let stopping = false;
  const waker = openWaker({ redisUrl: config.redisUrl!, prefix: config.schema });
  const redis = new Redis(config.redisUrl!, {
    maxRetriesPerRequest: 1,
    retryStrategy: (times) => Math.min(times * 100, 1_000),
  });
  redis.on("error", () => undefined);
  // a reactor of this process needs no job to be woken, and tells others itself when it has too much to do
  const stored = onStored ?? (() => waker.wake("react"));
  const receiver = options.receiver ?? openReceiver({ db, onStored: stored });
  const watch = openReactionWatch(db);
  const temporal = openTemporalDoor(options.openTemporal ?? (() => openTemporal(config)));

  watchRequests(app, log);
  guardAnswers(app, config.publicUrl);
  allowOrigins(app);
  limitRequests(app, { redis, config, stopping: () => stopping });
  boundBodies(app, LIMITS.bodyBytes);
  readJsonBodies(app);
  function report(error: Error & { code?: string }, request: FastifyRequest): Problem {
    // who hangs up in the middle of a request is told so, and looks like a database that does
    const problem = request.raw.complete || !request.raw.destroyed ? problemOf(error) : GONE;
    if (problem === GONE) return GONE;
    // what we refuse on purpose, as too much at once, is no trouble of ours
    if (problem !== error) logFailure(log, request, problem, error);
    return problem;
  }
  app.setErrorHandler((error, request, reply) => sendProblem(request, reply, report(error as Error, request)));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(request, reply, new Problem(404, "route", { en: "no such address", "zh-CN": "没有这个地址" })),
  );

  const backlog = openBacklogMetrics(() => readBacklog(db));
  const routes = apiRoutes({
    db,
    config,
    home,
    library: openRules(config.rules),
    doctor: options.doctor ?? (async () => []),
    receiver,
    vocabulary: vocabulary.now,
    redis,
    temporal,
    wake: (lane) => waker.wake(lane),
    standsOn: [...databaseParts(db), { name: "redis", needed: false, answers: () => pingRedis(redis) }],
    stopping: () => leaving,
    metrics: async () => `${await registry.metrics()}\n${await backlog.metrics()}`,
    reachable: isHere(config) ? "here" : "elsewhere",
  });
  const described = descriptionRoutes(routes, () => config.publicUrl ?? `http://127.0.0.1:${config.port}`);
  mountPreflights(app, routes);
  mount(app, [...routes, ...described], { db, auth: openAuth(db, config.publicUrl), checkAnswers });
  await app.register(pageRoutes, { db, secret: config.secret!, home, receiver, watch, report });

  async function close() {
    leaving = true;
    if (app.server.listening) await sleep(config.stopDelayMs);
    stopping = true;
    const impatient = setTimeout(() => app.server.closeAllConnections(), STOP_MS);
    await app.close();
    clearTimeout(impatient);
    vocabulary.close();
    watch.close();
    await receiver.close();
    await waker.close();
    await temporal.close();
    redis.disconnect();
  }
  try {
    const url = await listen(app, config);
    return { url, routes: [...routes, ...described], inject: (request) => app.inject(request), close };
  } catch (failure) {
    // what stays open would keep a process alive that serves nobody
    await close();
    throw failure;
  }
}

/** Whether the public address is this machine's own. */
function isHere({ publicUrl }: Config): boolean {
  return publicUrl === undefined || /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|\/|$)/.test(publicUrl);
}

async function pingRedis(redis: Redis): Promise<boolean> {
  return redis.status === "ready" && (await redis.ping()) === "PONG";
}

/** Reachable from elsewhere only when its public address is elsewhere. */
async function listen(app: ReturnType<typeof Fastify>, config: Config): Promise<string> {
  const { port } = config;
  const host = isHere(config) ? "127.0.0.1" : "0.0.0.0";
  try {
    return await app.listen({ port, host });
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== "EADDRINUSE") throw failure;
    throw new ServiceError("serve", `port ${port} is taken`, {
      en: "stop what uses it, or set PORT",
      "zh-CN": "请停止占用该端口的程序，或设置 PORT",
    });
  }
}
