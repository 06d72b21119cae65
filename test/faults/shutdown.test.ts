import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { sql } from "kysely";
import { afterAll, expect, inject, test } from "vitest";
import { pause, typescriptArguments } from "../../src/local/process.ts";
import { createApiKey } from "../../src/store/api-key.ts";
import { HOME, SECRET } from "../http/serving.ts";
import { testSchema } from "../support/schema.ts";

const MAIN = new URL("../../src/cli/main.ts", import.meta.url);
const schema = await testSchema();
const { db } = schema;
const folder = mkdtempSync(join(tmpdir(), "rekindle stop "));
writeFileSync(join(folder, "home.json"), JSON.stringify(HOME));
let child: ChildProcess | undefined;
afterAll(() => {
  child?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

async function serve(): Promise<string> {
  child = spawn(process.execPath, [...typescriptArguments(MAIN), "serve"], {
    env: {
      ...process.env,
      ...{ DATABASE_URL: schema.url, REDIS_URL: inject("redisUrl"), REKINDLE_SCHEMA: schema.schema, PORT: "0" },
      ...{ REKINDLE_HOME: folder, REKINDLE_RULES: folder, REKINDLE_SECRET: SECRET, STOP_DELAY_SECONDS: "8" },
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  for await (const line of createInterface({ input: child.stderr! })) {
    const url = /listening on (\S+)/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error("serve ended");
}

/** 202, another status, or "broken" for a connection that ended without an answer. */
type Fate = number | "broken";

test(
  "SIGTERM under load: it says so first, answers what it has taken on, and what was not answered is not stored",
  { timeout: 600_000 },
  async () => {
    const key = await createApiKey(db, "shop", "backend", new Date());
    const url = await serve();
    const fates = new Map<string, Fate>();
    const before = () => [...fates.values()].filter((fate) => fate === 202).length;
    let posting = true;
    let next = 0;

    async function post(id: string): Promise<Fate> {
      const event = { specversion: "1.0", id, source: "/shop", type: "visit", subject: `c${id}` };
      try {
        const answer = await fetch(`${url}/v1/events`, {
          method: "POST",
          headers: { authorization: `Bearer ${key}`, "content-type": "application/cloudevents+json" },
          body: JSON.stringify(event),
        });
        await answer.text();
        return answer.status;
      } catch {
        return "broken";
      }
    }
    async function shop() {
      while (posting) {
        const id = String(++next);
        fates.set(id, await post(id));
        // whoever asks whether it is ready must get a word in, also on a machine that is busy
        await pause(20);
      }
    }
    const shops = Array.from({ length: 40 }, shop);
    await expect.poll(before, { timeout: 90_000 }).toBeGreaterThan(200);
    const ended = once(child!, "exit");
    child!.kill("SIGTERM");
    // balancers hear of it while requests are still taken
    const ready = async () => {
      const answer = await fetch(`${url}/readyz`);
      return [answer.status, ((await answer.json()) as { status: string }).status];
    };
    await expect.poll(ready, { timeout: 90_000, interval: 20 }).toEqual([503, "stopping"]);
    const taken = before();
    expect(await ended).toEqual([0, null]);
    posting = false;
    await Promise.all(shops);
    expect(before()).toBeGreaterThan(taken);

    const { rows } = await sql<{ id: string }>`select event_id as id from events`.execute(db);
    const answered = [...fates].filter(([, fate]) => fate === 202).map(([id]) => id);
    expect(rows.map(({ id }) => id).sort()).toEqual(answered.sort());
    const others = new Set([...fates.values()].filter((fate) => fate !== 202));
    expect([...others].filter((fate) => fate !== 503 && fate !== "broken")).toEqual([]);
  },
);
