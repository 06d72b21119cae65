import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { type Asked, heedsKey, performOnce } from "../../src/http/guard/idempotency.ts";
import type { Parts } from "../../src/http/parts.ts";
import { apiRoutes } from "../../src/http/routes.ts";
import { transaction } from "../../src/store/database.ts";
import { testSchema } from "../support/schema.ts";
import { type As, asking } from "./support/asking.ts";
import { countRuns, spring, springCustomers, springRules } from "./support/campaigns.ts";
import { type Serving, serveTest } from "./serving.ts";

const SIZE = 40;
const schema = await testSchema();
const { db } = schema;
const rules = await springRules({}, SIZE);
let serving: Serving;
const ask = asking(db, () => serving);
const ops: As = { role: "ops" };

beforeAll(async () => {
  await springCustomers(db, SIZE);
  serving = await serveTest(schema, { rules });
  const budget = { currency: "CNY", lines: [{ id: "gifts", items: [{ what: "杯子", qty: 10, unitPrice: 20 }] }] };
  await ask({ role: "marketer" }, "PUT", "/v1/campaigns/spring", { body: spring({ budget }) });
});
afterAll(() => serving.stop());

/** Each launch takes the next one of the list, so that one too many would show. */
const launch = (key: string, body: object = { limit: 1 }, as = ops) =>
  ask<{ run: string; detail: string }>(as, "POST", "/v1/campaigns/spring/runs", {
    body,
    headers: { "idempotency-key": key },
  });
const soon = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 90_000, interval: 20 });

/** Lets launches come as far as their campaign's row until what it returns is called. */
async function holdUp(): Promise<() => Promise<void>> {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  let over: Promise<void> | undefined;
  await new Promise<void>((taken) => {
    over = transaction(db, async (tx) => {
      await sql`select 1 from campaigns for update`.execute(tx);
      taken();
      await held;
    });
  });
  return async () => {
    release();
    await over;
  };
}

async function claims(): Promise<string[]> {
  const { rows } = await sql<{ claim: string }>`
    select claim::text from idempotency_keys where status is null`.execute(db);
  return rows.map((row) => row.claim);
}

test("the same request with the same key is done once and answered alike", async () => {
  const key = randomUUID();
  const first = await launch(key);
  const second = await launch(key);
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.bytes.equals(first.bytes)).toBe(true);
  expect([first, second].map(({ headers }) => headers.get("idempotency-replayed"))).toEqual([null, "true"]);
  expect(await countRuns(db)).toBe(1);
});

test("a key stands for one request of one holder", async () => {
  const key = randomUUID();
  const before = await countRuns(db);
  await launch(key);
  expect(await launch(key, { limit: 2 })).toMatchObject({
    status: 422,
    body: { type: "urn:rekindle:problem:key-reused" },
  });
  const elsewhere = await ask(ops, "POST", "/v1/runs/spring/pause", { headers: { "idempotency-key": key } });
  expect(elsewhere.status).toBe(422);
  expect(await countRuns(db)).toBe(before + 1);
  // another's key of the same name is another key
  expect((await launch(key, { limit: 1 }, { role: "marketer" })).status).toBe(201);
  expect(await countRuns(db)).toBe(before + 2);
  for (const odd of ["", "x".repeat(256), "é"]) expect((await launch(odd)).status).toBe(400);
});

test("a number that JSON can say and no double can hold is refused where it is read, and passed over where nothing is", async () => {
  const own = await serving.key("ops");
  const send = (path: string, body: string) =>
    fetch(`${serving.server.url}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${own}`, "content-type": "application/json", "idempotency-key": randomUUID() },
      body,
    });
  const refused = await send("/v1/campaigns/spring/runs", '{"limit":1e999}');
  expect([refused.status, await refused.json()]).toMatchObject([400, { errors: [{ pointer: "/limit" }] }]);
  expect((await send("/v1/runs/spring-1/pause", '{"nothing":-1e999}')).status).toBe(200);
  expect((await send("/v1/runs/spring-1/resume", '{"nothing":-1e999}')).status).toBe(200);
});

test("of many at once one does it, the others are told that it is under way, or get its answer", async () => {
  const [key, before] = [randomUUID(), await countRuns(db)];
  const answers = await Promise.all(Array.from({ length: 12 }, () => launch(key)));
  const done = answers.filter((one) => one.status === 201);
  expect(done.length).toBeGreaterThan(0);
  expect(new Set(done.map((one) => one.body.run)).size).toBe(1);
  for (const busy of answers.filter((one) => one.status !== 201)) {
    expect([busy.status, busy.headers.get("retry-after")]).toEqual([409, "1"]);
  }
  expect(await countRuns(db)).toBe(before + 1);
});

test("a launch that its client gave up on still comes about, and the client gets its answer later", async () => {
  const [key, before] = [randomUUID(), await countRuns(db)];
  const go = await holdUp();
  const gone = new AbortController();
  const own = await serving.key("ops");
  const given = fetch(`${serving.server.url}/v1/campaigns/spring/runs`, {
    method: "POST",
    headers: { authorization: `Bearer ${own}`, "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify({ limit: 1 }),
    signal: gone.signal,
  }).catch((failure: Error) => failure.name);
  await soon(async () => expect(await claims()).toHaveLength(1));
  gone.abort();
  expect(await given).toBe("AbortError");
  await go();
  await soon(async () => expect(await countRuns(db)).toBe(before + 1));
  const retry = await fetch(`${serving.server.url}/v1/campaigns/spring/runs`, {
    method: "POST",
    headers: { authorization: `Bearer ${own}`, "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify({ limit: 1 }),
  });
  expect([retry.status, await retry.json()]).toMatchObject([201, { treatment: 1 }]);
  expect(await countRuns(db)).toBe(before + 1);
});

test("while launches take their time, events come in and runs can be paused", async () => {
  const before = await countRuns(db);
  const go = await holdUp();
  const launches = Array.from({ length: 5 }, () => launch(randomUUID()));
  await soon(async () => expect(await claims()).toHaveLength(5));
  const event = { specversion: "1.0", id: randomUUID(), source: "shop", type: "enquiry", subject: "S1" };
  expect((await serving.send(event)).status).toBe(202);
  expect((await ask(ops, "POST", "/v1/runs/spring-1/pause")).status).toBe(200);
  await go();
  expect((await Promise.all(launches)).map((one) => one.status)).toEqual([201, 201, 201, 201, 201]);
  expect(await countRuns(db)).toBe(before + 5);
});

test("a server that is told to stop finishes the launch that it is at, and answers it", async () => {
  const before = await countRuns(db);
  const other = await serveTest(schema, { rules });
  const there = asking(db, () => other);
  const go = await holdUp();
  const launching = there(ops, "POST", "/v1/campaigns/spring/runs", {
    body: { limit: 1 },
    headers: { "idempotency-key": randomUUID() },
  });
  await soon(async () => expect(await claims()).toHaveLength(1));
  const stopped = other.stop();
  await go();
  expect((await launching).status).toBe(201);
  await stopped;
  expect(await countRuns(db)).toBe(before + 1);
});

test("who takes over from a process that seems dead does it alone, even if that one lives", async () => {
  const [key, before] = [randomUUID(), await countRuns(db)];
  const go = await holdUp();
  const slow = launch(key);
  await soon(async () => expect(await claims()).toHaveLength(1));
  const [first] = await claims();
  await sql`update idempotency_keys set claimed_until = now() - interval '1 second' where status is null`.execute(db);
  const heir = launch(key);
  await soon(async () => expect((await claims())[0]).not.toBe(first));
  await go();
  const answers = await Promise.all([slow, heir]);
  expect(answers.map((one) => one.status).toSorted((a, b) => a - b)).toEqual([201, 409]);
  expect(await countRuns(db)).toBe(before + 1);
  expect((await launch(key)).headers.get("idempotency-replayed")).toBe("true");
});

test("a change whose confirmation was lost is found again with its answer; one that was undone is done anew", async () => {
  const asked = (key: string) =>
    ({
      request: { headers: { "idempotency-key": key }, method: "POST", url: "/v1/x", body: {} },
      reply: { statusCode: 201, code: () => ({ header: () => undefined }) },
      holder: { name: "somebody", role: "ops", kind: "key", public: false },
    }) as unknown as Asked;
  const [lost, undone] = [randomUUID(), randomUUID()];
  const change = (key: string, fate: "commit" | "roll back") =>
    performOnce(db, true, asked(key), async (keep) => {
      await transaction(db, async (tx) => {
        await keep(tx, { changed: fate });
        if (fate === "roll back") throw new Error("the connection broke before the commit");
      });
      throw new Error("the connection broke after the commit");
    });
  await expect(change(lost, "commit")).rejects.toThrow("after the commit");
  await expect(change(undone, "roll back")).rejects.toThrow("before the commit");
  const again = (key: string) => performOnce(db, true, asked(key), async () => "done anew");
  expect(await again(lost)).toEqual({ changed: "commit" });
  expect(await again(undone)).toBe("done anew");
});

test("what was refused may be asked again with the same key once nothing stands in its way", async () => {
  const [key, before] = [randomUUID(), await countRuns(db)];
  await sql`update campaigns set approved_at = null`.execute(db);
  expect((await launch(key)).status).toBe(422);
  await sql`update campaigns set approved_at = now()`.execute(db);
  expect((await launch(key)).status).toBe(201);
  expect(await countRuns(db)).toBe(before + 1);
});

test("after a day a key is forgotten, and what is old is cleared away", async () => {
  const [key, before] = [randomUUID(), await countRuns(db)];
  await launch(key);
  await sql`update idempotency_keys set created_at = created_at - interval '25 hours'`.execute(db);
  expect((await launch(key)).headers.get("idempotency-replayed")).toBeNull();
  expect(await countRuns(db)).toBe(before + 2);
  const { rows } = await sql<{ key: string }>`select key from idempotency_keys`.execute(db);
  expect(rows).toEqual([{ key }]);
});

test("money is booked once", async () => {
  const record = (key?: string) =>
    ask(ops, "POST", "/v1/runs/spring/budget/gifts", {
      body: { amount: "12.50", note: "杯子" },
      ...(key && { headers: { "idempotency-key": key } }),
    });
  const answers = [await record("invoice-7"), await record("invoice-7"), await record("invoice-7")];
  for (const one of answers) expect(one).toMatchObject({ status: 201, body: { amount: 1250, actual: 1250 } });
  // without a key a second invoice is a second invoice
  expect((await record()).body).toMatchObject({ actual: 2500, planned: 20_000, left: 17_500 });
});

test("no address that is told or tells a secret keeps what was asked or answered", () => {
  const routes = apiRoutes({ config: {}, home: {} } as Parts);
  const kept = routes.filter((one) => heedsKey(one));
  expect(kept.length).toBeGreaterThan(5);
  const secret = /"(key|keys|secret|secrets|token|password|cookie)"\s*:/;
  const says = (schema: z.ZodType | undefined, io: "input" | "output") =>
    schema !== undefined && secret.test(JSON.stringify(z.toJSONSchema(schema, { io, unrepresentable: "any" })));
  const telling = kept.filter((one) => says(one.answer, "output") || says(one.body, "input"));
  expect(telling.map((one) => `${one.method} ${one.path}`)).toEqual([]);
});
