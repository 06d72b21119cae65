import { randomInt } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createOnce, type Home } from "./home.ts";

/**
 * The loopback port on which a home's supervisor listens. Listening on it is also the lock that makes the supervisor the
 * only one: the system grants it to one process and takes it back when that process dies, however it dies. Should a
 * stranger sit on the port, the next generation's file names another one; files are created, never changed, so all agree.
 */
export interface Door {
  generation: number;
  port: number;
}

export async function currentDoor(home: Home): Promise<Door> {
  const generations = readdirSync(home.path)
    .map((name) => /^door\.(\d+)$/.exec(name)?.[1])
    .filter((text) => text !== undefined)
    .map(Number);
  if (generations.length === 0) return nextDoor(home, 0);
  const generation = Math.max(...generations);
  return { generation, port: Number(readFileSync(join(home.path, `door.${generation}`), "utf8")) };
}

/** After `generation`'s port turned out to be somebody else's. */
export async function nextDoor(home: Home, generation: number): Promise<Door> {
  createOnce(join(home.path, `door.${generation + 1}`), String(await freePort()));
  return currentDoor(home);
}

/** Below the ports that systems give to outgoing connections, so that a remembered one is likely to be free again. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) return port;
  }
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}
