import { Redis } from "ioredis";
import Fastify, { type FastifyRequest } from "fastify";
import { pino } from "pino";
import type { Home } from "../campaign/library.ts";
import type { Config } from "../config.ts";
import { openWaker } from "../delivery/lane.ts";
import { ServiceError } from "../fault.ts";
import { openReceiver, type Receiver } from "../intake/receive.ts";
import type { Database } from "../store/database.ts";
import { openTemporal, type Temporal } from "../temporal/client.ts";
import { openAuth } from "./auth.ts";
import { readJsonBodies } from "./body.ts";
import { openApiRoute } from "./openapi.ts";
import { pageRoutes } from "./pages.ts";
import { boundBodies } from "./pressure.ts";
import { Problem, problemOf, sendProblem } from "./problem.ts";
import { openReactionWatch } from "./reaction-watch.ts";
import { mount } from "./route.ts";
import { apiRoutes } from "./routes.ts";
import { openTemporalDoor } from "./temporal.ts";

export interface ServerOptions {
  db: Database;
  /** redisUrl and secret filled in */
  config: Config;
  home: Home;
  /** called after events were stored, besides waking the lane "react" */
  onStored?: () => void;
  /** takes the events instead of our own, which stores them */
  receiver?: Receiver;
  /** for the routes that start workflows anew; connects to `temporalAddress` unless told */
  openTemporal?: () => Promise<Temporal>;
  /** fails requests whose answers are not what /openapi.json says; for tests */
  checkAnswers?: boolean;
}

export interface Server {
  url: string;
  /** Answers what has come in, takes no more. */
  close(): Promise<void>;
}

const BODY_LIMIT = 1024 * 1024;

/** The API and the hosted pages. */
export async function openServer(options: ServerOptions): Promise<Server> {
  const { db, config, home, onStored, checkAnswers = false } = options;
  const log = pino({ name: "serve", level: "info" }, pino.destination({ dest: 2, sync: true }));
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    requestTimeout: 30_000,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 2_000 },
  });
  const waker = openWaker({ redisUrl: config.redisUrl!, prefix: config.schema });
  const redis = new Redis(config.redisUrl!, {
    maxRetriesPerRequest: 1,
    retryStrategy: (times) => Math.min(times * 100, 1_000),
  });
  redis.on("error", () => undefined);
  const stored = () => {
    onStored?.();
    waker.wake("react");
  };
  const receiver = options.receiver ?? openReceiver({ db, onStored: stored });
  const watch = openReactionWatch(db);
  const temporal = openTemporalDoor(options.openTemporal ?? (() => openTemporal(config)));

  boundBodies(app, BODY_LIMIT);
  readJsonBodies(app);
  function report(error: Error & { code?: string }, request: FastifyRequest): Problem {
    const problem = problemOf(error);
    // never the address itself, as links in messages are keys; never the error's text, as it may quote data
    const { code, name, stack } = error;
    const where = { method: request.method, route: request.routeOptions.url, status: problem.status };
    // what we refuse on purpose, as too much at once, is no trouble of ours
    if (problem.status >= 500 && problem !== error)
      log.error({ ...where, error: name, code, at: stack?.match(/\n\s+at .*/)?.[0].trim() });
    return problem;
  }
  app.setErrorHandler((error, request, reply) => sendProblem(request, reply, report(error as Error, request)));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(request, reply, new Problem(404, "route", { en: "no such address", "zh-CN": "没有这个地址" })),
  );

  const routes = apiRoutes({ db, config, home, receiver, redis, temporal, wake: (lane) => waker.wake(lane) });
  const openApi = openApiRoute(routes, () => config.publicUrl ?? `http://127.0.0.1:${config.port}`);
  mount(app, [...routes, openApi], { db, auth: openAuth(db), checkAnswers });
  await app.register(pageRoutes, { db, secret: config.secret!, home, receiver, watch, report });

  async function close() {
    await app.close();
    watch.close();
    await receiver.close();
    await waker.close();
    await temporal.close();
    redis.disconnect();
  }
  try {
    return { url: await listen(app, config), close };
  } catch (failure) {
    // what stays open would keep a process alive that serves nobody
    await close();
    throw failure;
  }
}

/** Reachable from elsewhere only when its public address is elsewhere. */
async function listen(app: ReturnType<typeof Fastify>, { port, publicUrl }: Config): Promise<string> {
  const host =
    publicUrl === undefined || /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|\/|$)/.test(publicUrl)
      ? "127.0.0.1"
      : "0.0.0.0";
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
