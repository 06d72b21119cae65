import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { sql } from "kysely";
import { afterAll, expect, inject, test } from "vitest";
import { InputError } from "../../src/fault.ts";
import { sendEvent } from "../../src/cli/event/transport.ts";
import { typescriptArguments } from "../../src/local/process.ts";
import { createApiKey } from "../../src/store/api-key.ts";
import { insertEvents } from "../../src/store/event.ts";
import { event } from "../intake/world.ts";
import { testSchema } from "../support/schema.ts";
import { HOME, SECRET, testConfig } from "./serving.ts";

const MAIN = new URL("../../src/cli/main.ts", import.meta.url);
const schema = await testSchema();
const { db } = schema;
const folder = mkdtempSync(join(tmpdir(), "rekindle serve "));
writeFileSync(join(folder, "home.json"), JSON.stringify(HOME));
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** `rekindle serve` as a process of its own. */
function start(port: string): ChildProcess {
  const child = spawn(process.execPath, [...typescriptArguments(MAIN), "serve"], {
    env: {
      ...process.env,
      DATABASE_URL: schema.url,
      REDIS_URL: inject("redisUrl"),
      REKINDLE_SCHEMA: schema.schema,
      REKINDLE_HOME: folder,
      REKINDLE_RULES: folder,
      REKINDLE_SECRET: SECRET,
      PORT: port,
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  started.push(child);
  return child;
}

/** @returns a process that serves, and where it listens */
async function serve(): Promise<{ child: ChildProcess; url: string }> {
  const child = start("0");
  for await (const line of createInterface({ input: child.stderr! })) {
    const url = /listening on (\S+)/.exec(line)?.[1];
    if (url !== undefined) return { child, url };
  }
  throw new Error("serve ended");
}
const unreacted = async () =>
  (await sql<{ n: number }>`select count(*)::int as n from events where reacted_at is null`.execute(db)).rows[0]!.n;
const count = async () => (await sql<{ n: number }>`select count(*)::int as n from orders`.execute(db)).rows[0]!.n;

test("serve killed between received and reacted loses nothing and repeats nothing; SIGTERM ends it in good order", async () => {
  const key = await createApiKey(db, "shop", "backend", new Date());
  const { child, url } = await serve();
  const post = (ids: string[]) =>
    fetch(`${url}/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/cloudevents-batch+json" },
      body: JSON.stringify(
        ids.map((id) => ({
          specversion: "1.0",
          id,
          source: "/shop",
          type: "order.paid",
          subject: `c${id}`,
          data: { order_id: id, amount: 1 },
        })),
      ),
    });
  // with customers locked by somebody else, reactions wait: what is received is not reacted to when the process dies
  await sql`insert into customers (customer_id, created_at) select 'c' || i, now() from generate_series(1, 300) i`.execute(
    db,
  );
  await db.transaction().execute(async (tx) => {
    await sql`select 1 from customers for update`.execute(tx);
    const answers = await Promise.all([
      post(["1", "2", "3"]),
      ...Array.from({ length: 297 }, (_, i) => post([String(i + 4)])),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 202));
    child.kill("SIGKILL");
    await once(child, "exit");
    expect([await unreacted(), await count()]).toEqual([300, 0]);
  });
  const second = await serve();
  await expect.poll(unreacted, { timeout: 90_000 }).toBe(0);
  expect(await count()).toBe(300);

  const ended = once(second.child, "exit");
  second.child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});

test("event send goes to the server when there is one, else straight in, and says what is wrong either way", async () => {
  const { child, url } = await serve();
  const key = await createApiKey(db, "cli", "ops", new Date());
  const config = testConfig(schema, { publicUrl: url });
  const order = (id: string, amount: unknown) => ({
    id,
    source: "/cli",
    type: "order.paid",
    subject: "c900",
    data: { order_id: `o-${id}`, amount },
  });
  expect(await sendEvent(db, config, HOME, order("a", 5), key)).toEqual({
    source: "/cli",
    id: "a",
    status: "accepted",
    way: "server",
    reaction: { customer: "created", order: "stored" },
  });
  await expect(sendEvent(db, config, HOME, order("b", "much"), key)).rejects.toThrow(InputError);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(await sendEvent(db, config, HOME, order("b", 6), key)).toMatchObject({
    status: "accepted",
    way: "direct",
    reaction: { order: "stored" },
  });
  expect(await sendEvent(db, config, HOME, order("b", 6), undefined)).toMatchObject({
    status: "duplicate",
    way: "direct",
  });
  await expect(sendEvent(db, config, HOME, order("c", "much"), undefined)).rejects.toThrow(InputError);
  expect(await insertEvents(db, [event("seen", "c1", {}, "2999-01-01T00:00:00Z")])).toEqual(["future"]);
});

test("on a port that is taken serve says so and ends, so that whoever keeps it running can tell", async () => {
  const { child, url } = await serve();
  const late = start(new URL(url).port);
  const said = createInterface({ input: late.stderr! });
  const first = once(said, "line");
  expect(await once(late, "exit")).toEqual([3, null]);
  expect(await first).toEqual([`serve: port ${new URL(url).port} is taken`]);
  child.kill("SIGKILL");
});
