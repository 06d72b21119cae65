import { connect } from "node:net";
import pg from "pg";
import { ServiceError } from "../fault.ts";
import type { Text } from "../campaign/program.ts";
import type { Part } from "./wire.ts";

const LIMIT_MS = 3_000;

/** Names, default port and remedy of what a URL may stand for. */
export interface Remote {
  service: string;
  /** environment variable that names it */
  variable: string;
  defaultPort: number;
}

export const REMOTES = {
  postgres: { service: "Postgres", variable: "DATABASE_URL", defaultPort: 5432 },
  temporal: { service: "Temporal", variable: "TEMPORAL_ADDRESS", defaultPort: 7233 },
  redis: { service: "Redis", variable: "REDIS_URL", defaultPort: 6379 },
  inbox: { service: "SMTP", variable: "SMTP_URL", defaultPort: 25 },
} satisfies Record<Part, Remote>;

/**
 * A quick look whether the part can be had at its URL.
 * @throws ServiceError within a few seconds, naming the address (without user and password)
 */
export async function checkRemote(part: Part, url: string): Promise<void> {
  const remote = REMOTES[part];
  const { host, port } = addressOf(remote, url);
  const failure = await tryConnect(host, port, LIMIT_MS);
  if (failure !== undefined) {
    throw new ServiceError(remote.service, `nothing answers at ${host}:${port} (${failure})`, remedy(remote));
  }
  if (part !== "postgres") return;
  const refusal = await tryLogin(url);
  if (refusal !== undefined) {
    throw new ServiceError(remote.service, `${host}:${port} lets nobody in (${refusal})`, remedy(remote));
  }
}

/** A wrong password or database is as common as a wrong address. */
async function tryLogin(url: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: LIMIT_MS });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function remedy({ service, variable }: Remote): Text {
  return {
    en: `start ${service} there, or correct ${variable}, or unset it and an embedded one is started`,
    "zh-CN": `请在该地址启动 ${service}，或更正 ${variable}；取消该变量则启动内置服务`,
  };
}

/** `host:port` as Temporal has it, or a URL. */
export function addressOf(remote: Remote, url: string): { host: string; port: number } {
  const parsed = new URL(url.includes("://") ? url : `tcp://${url}`);
  const implied = parsed.protocol === "smtps:" ? 465 : remote.defaultPort;
  return { host: parsed.hostname.replace(/^\[|\]$/g, "") || "127.0.0.1", port: Number(parsed.port) || implied };
}

/** Undefined when the connection was made, else why not. */
export function tryConnect(host: string, port: number, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (failure?: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(failure);
    };
    const timer = setTimeout(() => end(`no answer within ${timeoutMs / 1000} s`), timeoutMs);
    socket.once("connect", () => end());
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}
