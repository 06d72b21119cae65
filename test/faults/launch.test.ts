import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { sql } from "kysely";
import { afterAll, expect, inject, test } from "vitest";
import { openClient } from "../../src/client/client.ts";
import { freePort } from "../../src/local/door.ts";
import { pause, typescriptArguments } from "../../src/local/process.ts";
import { createApiKey } from "../../src/store/api-key.ts";
import { transaction } from "../../src/store/database.ts";
import { countRuns, spring, springCustomers, springRules } from "../http/support/campaigns.ts";
import { SECRET } from "../http/serving.ts";
import { testSchema } from "../support/schema.ts";

const SIZE = 40;
const PATIENCE_MS = 240_000;
const MAIN = new URL("../../src/cli/main.ts", import.meta.url);
const TETHER = new URL("../../src/local/tether.mjs", import.meta.url);
const schema = await testSchema();
const { db } = schema;
const rules = await springRules({}, SIZE);
const home = mkdtempSync(join(tmpdir(), "rekindle launch "));
const port = await freePort();
let serve: ChildProcess | undefined;
afterAll(() => {
  serve?.kill("SIGKILL");
  rmSync(home, { recursive: true, force: true });
});

/** Resolves when it answers. */
async function startServe(): Promise<void> {
  serve = spawn(process.execPath, [...typescriptArguments(MAIN, TETHER), "serve"], {
    env: {
      ...process.env,
      ...{ DATABASE_URL: schema.url, REDIS_URL: inject("redisUrl"), REKINDLE_SCHEMA: schema.schema },
      ...{ REKINDLE_HOME: home, REKINDLE_RULES: rules, REKINDLE_SECRET: SECRET, PORT: String(port) },
      ...{ PUBLIC_URL: `http://127.0.0.1:${port}`, LOG_FORMAT: "json" },
    },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  for await (const line of createInterface({ input: serve.stderr! })) if (line.includes("listening on")) return;
  throw new Error("serve ended");
}

async function until(what: string, check: () => Promise<boolean>): Promise<void> {
  for (const limit = Date.now() + PATIENCE_MS; Date.now() < limit; await pause(5)) if (await check()) return;
  throw new Error(`not within ${PATIENCE_MS} ms: ${what}`);
}

/** Lets the next launch come as far as its campaign's row; kills `serve` when it is there. */
async function killInTheMidst(): Promise<void> {
  await transaction(db, async (tx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid from campaigns for update`.execute(tx);
    await until("the launch waits for its campaign", async () => {
      const waiting = await sql`
        select 1 from pg_stat_activity where ${rows[0]!.pid}::int = any(pg_blocking_pids(pid))`.execute(db);
      return waiting.rows.length > 0;
    });
    serve!.kill("SIGKILL");
  });
}

/** Kills `serve` as soon as a run more can be seen: perhaps before it has answered, perhaps after. */
async function killWhenDone(runs: number): Promise<void> {
  await until("the launch is committed", async () => (await countRuns(db)) > runs);
  serve!.kill("SIGKILL");
}

test(
  "serve is killed in the midst of a launch, and when it is just done: whoever asks again with the same key gets one run and one answer",
  { timeout: 3 * PATIENCE_MS },
  async () => {
    await springCustomers(db, SIZE);
    const [marketer, ops] = [
      await createApiKey(db, "marketer", "marketer", new Date()),
      await createApiKey(db, "ops", "ops", new Date()),
    ];
    const url = `http://127.0.0.1:${port}`;
    await startServe();
    const { id, ...draft } = spring();
    await openClient({ url, key: marketer }).put("/v1/campaigns/{id}", {
      path: { id },
      body: { id, ...draft } as never,
    });

    // whoever was killed holds the key for half a minute; a server may take long to be there again
    const client = openClient({ url, key: ops, patience: { retries: 500, firstMs: 100, longestMs: 500 } });
    for (const kill of [killInTheMidst, () => killWhenDone(1)]) {
      const before = await countRuns(db);
      const asked = { path: { id }, body: { limit: 5 }, idempotencyKey: randomUUID() };
      const killed = kill().then(startServe);
      const launched = await client.request("POST", "/v1/campaigns/{id}/runs", asked);
      await killed;
      expect(await countRuns(db)).toBe(before + 1);
      const again = await client.request("POST", "/v1/campaigns/{id}/runs", asked);
      expect(again.answer).toEqual(launched.answer);
      expect([launched.status, again.status, again.headers.get("idempotency-replayed")]).toEqual([201, 201, "true"]);
      expect(await countRuns(db)).toBe(before + 1);
      const { rows } = await sql`
        select 1 from enrolments where run = ${launched.answer!.run}`.execute(db);
      expect(rows).toHaveLength(5);
    }
  },
);
