import { once } from "node:events";
import type { Config } from "../config.ts";
import type { Text } from "../campaign/program.ts";
import { type Home, homeSecret, openHome } from "./home.ts";
import { type Lease, takeLease } from "./lease.ts";
import { pause } from "./process.ts";
import { checkRemote } from "./reach.ts";
import { type Endpoints, type Part, send } from "./wire.ts";

export type { Part };

export interface PartsInUse {
  /** with the URLs of the asked-for parts, secret and publicUrl filled in */
  config: Config;
  /** where the embedded ones are, also what no URL of Config tells (Temporal's UI) */
  endpoints: Endpoints;
  /** gives the lease back; `untilStopped`: also waits until the parts are down, if nobody else uses them */
  release(untilStopped?: boolean): Promise<void>;
}

const URL_OF = { postgres: "databaseUrl", temporal: "temporalAddress", redis: "redisUrl", inbox: "smtpUrl" } as const;

/**
 * Makes the parts available: one with a URL is looked at, the others are served by the home's supervisor until release.
 * Progress goes to standard error.
 * @throws ServiceError that names what cannot be had and what to do
 */
export async function useParts(config: Config, parts: Part[]): Promise<PartsInUse> {
  const home = openHome(config.home);
  const remote = parts.filter((part) => config[URL_OF[part]] !== undefined);
  const embedded = parts.filter((part) => config[URL_OF[part]] === undefined);
  await Promise.all(remote.map((part) => checkRemote(part, config[URL_OF[part]]!)));
  const hold = embedded.length > 0 ? await holdLease(home, embedded, config.locale) : undefined;
  const { temporalUi: _, ...urls } = hold?.endpoints ?? {};
  return {
    config: {
      ...config,
      ...urls,
      home: home.path,
      secret: config.secret ?? homeSecret(home),
      publicUrl: config.publicUrl ?? `http://127.0.0.1:${config.port}`,
    },
    endpoints: hold?.endpoints ?? {},
    release: async (untilStopped = false) => hold?.release(untilStopped),
  };
}

/** the longest wait before a lost lease is asked for again */
const LEASE_RETRY_MS = 10_000;

/** Keeps a lease over a supervisor that dies: the next one brings the parts back on the same ports. */
async function holdLease(home: Home, parts: Part[], locale: Config["locale"]) {
  const say = (text: Text) => void process.stderr.write(`${text[locale]}\n`);
  let released = false;
  let lease = await untilInterrupted(takeLease(home, parts, say));
  const keep = (held: Lease) => {
    lease = held;
    if (released) return void held.socket.destroy();
    // a command that is done must be able to end without having released
    held.socket.unref();
    held.socket.once("close", () => {
      if (released) return;
      say({
        en: "the parts' supervisor has gone; starting another",
        "zh-CN": "内置服务的守护进程已退出，正在重新启动",
      });
      void again();
    });
  };
  const again = async () => {
    for (let delay = 200; !released; delay = Math.min(delay * 2, LEASE_RETRY_MS)) {
      try {
        return keep(await takeLease(home, parts, say));
      } catch (error) {
        const { message } = error as Error;
        say({ en: message, "zh-CN": message });
        await pause(delay);
      }
    }
  };
  keep(lease);
  return {
    endpoints: lease.endpoints,
    async release(untilStopped: boolean) {
      released = true;
      if (!untilStopped || lease.socket.destroyed) return void lease.socket.destroy();
      lease.socket.ref();
      const ended = once(lease.socket, "close");
      send(lease.socket, { leaving: true });
      await ended;
    },
  };
}

/** Parts may take minutes the first time. Who gives up meanwhile is let go at once; the supervisor clears up. */
async function untilInterrupted<T>(work: Promise<T>): Promise<T> {
  const leave = () => process.exit(130);
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, leave);
  try {
    return await work;
  } finally {
    for (const signal of signals) process.off(signal, leave);
  }
}
