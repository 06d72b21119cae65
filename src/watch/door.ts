import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Config } from "../config.ts";
import type { Log } from "./log.ts";
import { isAble, type Part, readiness } from "./readiness.ts";

export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export interface WatchDoor {
  url: string;
  close(): Promise<void>;
}

export interface WatchDoorOptions {
  config: Pick<Config, "metricsPort" | "metricsToken">;
  log: Log;
  parts: Part[];
  metrics: () => Promise<string>;
  stopping: () => boolean;
}

/** How many processes of one machine may share METRICS_PORT as their first choice. */
const PORTS = 20;

/**
 * /metrics, /readyz and /healthz of a process that serves nothing else. Without METRICS_PORT there is no such door;
 * without METRICS_TOKEN it is open to this machine only. Of several processes on a machine each takes the next port.
 */
export async function openWatchDoor(options: WatchDoorOptions): Promise<WatchDoor | undefined> {
  const { metricsPort: port, metricsToken: token } = options.config;
  if (port === undefined) return undefined;
  const host = token === undefined ? "127.0.0.1" : "0.0.0.0";
  const server = createServer((request, response) => {
    answer(options, request, response).catch(() => response.writeHead(500).end());
  });
  server.requestTimeout = 5_000;
  server.headersTimeout = 5_000;
  const taken = await listen(server, host, port);
  const url = `http://127.0.0.1:${taken}`;
  options.log.info({ url: `${url}/metrics` }, "watched at");
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(options: WatchDoorOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? "").split("?")[0];
  const json = (status: number, body: unknown) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  if (request.method !== "GET") return json(405, { status: "only GET" });
  if (path === "/healthz") return json(200, { status: "ok" });
  if (path === "/readyz") {
    const found = await readiness(options.parts, options.stopping());
    return json(isAble(found) ? 200 : 503, found);
  }
  if (path !== "/metrics") return json(404, { status: "no such address" });
  if (!mayRead(options.config.metricsToken, request.headers.authorization))
    return json(401, { status: "METRICS_TOKEN" });
  response.writeHead(200, { "content-type": METRICS_TYPE }).end(await options.metrics());
}

/** Whether an Authorization header carries the token; where none is set nobody needs one. */
export function mayRead(token: string | undefined, authorization: string | undefined): boolean {
  if (token === undefined) return true;
  const given = Buffer.from(authorization ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  for (let next = port; ; next++) {
    try {
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(next, host, () => {
          server.off("error", reject);
          resolve();
        });
      });
      const address = server.address();
      return typeof address === "object" && address !== null ? address.port : next;
    } catch (failure) {
      if ((failure as NodeJS.ErrnoException).code !== "EADDRINUSE" || next >= port + PORTS - 1) throw failure;
    }
  }
}
