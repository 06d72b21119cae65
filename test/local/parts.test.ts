import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import type { Config } from "../../src/config.ts";
import { currentDoor } from "../../src/local/door.ts";
import { openHome } from "../../src/local/home.ts";
import { takeLease } from "../../src/local/lease.ts";
import { useParts } from "../../src/local/parts.ts";
import { isRunning, typescriptArguments } from "../../src/local/process.ts";
import { tryConnect } from "../../src/local/reach.ts";
import { testHome, textOf, until } from "./home.ts";

test("parts run while they are used, and data and addresses outlive a stop", async () => {
  const { config, state } = testHome();
  const first = await useParts(config, ["postgres", "redis"]);
  const { databaseUrl, redisUrl } = first.config;
  await query(databaseUrl!, "create table kept as select 42 as answer");
  const processes = Object.values(state().parts);
  expect(processes).toHaveLength(2);
  await first.release(true);
  expect(processes.filter(isRunning)).toEqual([]);
  expect(state().supervisor).toBeUndefined();
  expect(await answers(redisUrl!)).toBe(false);

  const second = await useParts(config, ["postgres"]);
  expect(second.config.databaseUrl).toBe(databaseUrl);
  expect(second.config.secret).toBe(first.config.secret);
  expect(await query(databaseUrl!, "select answer from kept")).toEqual([{ answer: 42 }]);
  await second.release(true);
});

test("what only the owner may read is readable by the owner only", async () => {
  const { path, config } = testHome();
  const { release } = await useParts(config, ["redis"]);
  await release();
  const modes = ["id", "secret", "state.json"].map((name) => statSync(join(path, name)).mode & 0o777);
  expect(modes).toEqual([0o600, 0o600, 0o600]);
});

test("commands that start at the same moment share one supervisor", async () => {
  const { path, config } = testHome();
  const home = openHome(path);
  const leases = await Promise.all(Array.from({ length: 4 }, () => takeLease(home, ["redis"], () => undefined)));
  expect(new Set(leases.map(({ supervisor }) => supervisor)).size).toBe(1);
  expect(new Set(leases.map(({ endpoints }) => endpoints.redisUrl)).size).toBe(1);
  for (const { socket } of leases.slice(1)) socket.destroy();
  const other = await useParts(config, ["redis"]);
  leases[0]!.socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await answers(other.config.redisUrl!)).toBe(true);
  await other.release(true);
});

test("a command that is killed gives its parts back", async () => {
  const { config, state } = testHome();
  const held = await hold(config, "redis");
  expect(await answers(held.config.redisUrl!)).toBe(true);
  held.child.kill("SIGKILL");
  await until("the parts to stop", () => state().supervisor === undefined);
  expect(await answers(held.config.redisUrl!)).toBe(false);
});

test("Ctrl-C while parts are being made lets the command go at once and leaves nothing behind", async () => {
  const { config, state } = testHome();
  const child = command(config, "postgres", "redis");
  await until("Postgres to be made", () => textOf(join(config.home, "logs", "supervisor.log")).includes("creating"));
  const began = Date.now();
  child.kill("SIGINT");
  const [code] = (await once(child, "exit")) as [number];
  expect(code).toBe(130);
  expect(Date.now() - began).toBeLessThan(45_000);
  await until("the supervisor to end", () => state().supervisor === undefined && state().parts.redis === undefined);
  expect(state().parts).toEqual({});
});

test("a part that dies comes back on its port, with its data", async () => {
  const { config, state } = testHome();
  const use = await useParts(config, ["postgres", "redis"]);
  await query(use.config.databaseUrl!, "create table kept as select 42 as answer");
  const before = state().parts;
  for (const part of ["postgres", "redis"] as const) process.kill(before[part]!.pid, "SIGKILL");
  await until("Redis to answer", () => answers(use.config.redisUrl!));
  const rows = await until("Postgres to answer", () =>
    query(use.config.databaseUrl!, "select answer from kept").catch(() => undefined),
  );
  expect(rows).toEqual([{ answer: 42 }]);
  expect(state().parts.postgres!.pid).not.toBe(before.postgres!.pid);
  await use.release(true);
});

test("a supervisor that is killed is replaced, and what it left running is cleared up", async () => {
  const { config, state } = testHome();
  const use = await useParts(config, ["redis"]);
  const former = state();
  process.kill(former.supervisor!.pid, "SIGKILL");
  await until("another supervisor", () => {
    const { supervisor, parts } = state();
    return supervisor && supervisor.pid !== former.supervisor!.pid && parts.redis && isRunning(parts.redis);
  });
  await until("Redis to answer", () => answers(use.config.redisUrl!));
  expect(isRunning(former.parts.redis!)).toBe(false);
  await use.release(true);
});

test("a stranger on the supervisor's port is left alone, and another port is taken", async () => {
  const { path, config } = testHome();
  const door = await currentDoor(openHome(path));
  const stranger = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  await once(stranger.listen(door.port, "127.0.0.1"), "listening");
  onTestFinished(() => void stranger.close());
  const use = await useParts(config, ["redis"]);
  expect(await answers(use.config.redisUrl!)).toBe(true);
  expect((await currentDoor(openHome(path))).port).not.toBe(door.port);
  await use.release(true);
});

test("a URL where nothing answers is named within seconds, without its password", async () => {
  const { config } = testHome();
  const silent = createServer(() => undefined);
  await once(silent.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void silent.close());
  const { port } = silent.address() as { port: number };
  const began = Date.now();
  const wrong = [
    { databaseUrl: "postgres://me:hidden@127.0.0.1:1/x", message: "nothing answers at 127.0.0.1:1 (ECONNREFUSED)" },
    {
      databaseUrl: `postgres://me:hidden@127.0.0.1:${port}/x`,
      message: `127.0.0.1:${port} lets nobody in (timeout expired)`,
    },
  ];
  for (const { databaseUrl, message } of wrong) {
    await expect(useParts({ ...config, databaseUrl }, ["postgres"])).rejects.toMatchObject({
      ...{ service: "Postgres", message },
      hint: { en: expect.stringContaining("DATABASE_URL") },
    });
  }
  await expect(useParts({ ...config, temporalAddress: "127.0.0.1:1" }, ["temporal"])).rejects.toMatchObject({
    service: "Temporal",
    hint: { "zh-CN": expect.stringContaining("TEMPORAL_ADDRESS") },
  });
  expect(Date.now() - began).toBeLessThan(45_000);
});

test("parts that all have a URL need no supervisor", async () => {
  const { config, state } = testHome();
  const server = createServer((socket) => socket.end());
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const address = `127.0.0.1:${(server.address() as { port: number }).port}`;
  const urls = { temporalAddress: address, redisUrl: `redis://${address}`, smtpUrl: `smtp://${address}` };
  const use = await useParts({ ...config, ...urls }, ["temporal", "redis", "inbox"]);
  expect(use.config).toMatchObject({ ...urls, publicUrl: "http://127.0.0.1:8420" });
  expect(state().supervisor).toBeUndefined();
  await use.release(true);
});

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return (await client.query(text)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function answers(url: string): Promise<boolean> {
  return (await tryConnect("127.0.0.1", Number(new URL(url).port), 1_000)) === undefined;
}

async function hold(config: Config, ...parts: string[]) {
  const child = command(config, ...parts);
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { child, config: JSON.parse(line.toString()) as Config };
}

function command(config: Config, ...parts: string[]) {
  const child = spawn(process.execPath, [...typescriptArguments(new URL("./hold.ts", import.meta.url)), ...parts], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, REKINDLE_HOME: config.home },
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}
