import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openClient } from "../../src/client/client.ts";
import { revokeApiKey } from "../../src/store/api-key.ts";
import { openDatabase } from "../../src/store/database.ts";
import { openServer } from "../../src/http/server.ts";
import { testSchema } from "../support/schema.ts";
import { HOME, type Serving, serveTest, testConfig } from "./serving.ts";

const schema = await testSchema();
const { db } = schema;
let serving: Serving;
beforeAll(async () => {
  serving = await serveTest(schema);
});
afterAll(() => serving.stop());

let ids = 0;
const event = (more: Record<string, unknown> = {}) => ({
  specversion: "1.0",
  id: `i${++ids}`,
  source: "/shop",
  type: "page.viewed",
  subject: "c1",
  time: "2026-01-05T10:00:00+08:00",
  data: { page: "/tea" },
  ...more,
});
const BATCH = { "content-type": "application/cloudevents-batch+json" };
const stored = async (id: string) =>
  (await sql<{ n: number }>`select count(*)::int as n from events where event_id = ${id}`.execute(db)).rows[0]!.n;

describe("one event", () => {
  test("is durable when the answer is 202, and a duplicate changes nothing", async () => {
    const one = event({ data: { page: "/茶" } });
    expect(await serving.send(one)).toMatchObject({
      status: 202,
      body: { accepted: 1, duplicates: 0, events: [{ source: "/shop", id: one.id, status: "accepted" }] },
    });
    expect(await stored(one.id)).toBe(1);
    const again = await serving.send({ ...one, data: { page: "/other" } });
    expect(again).toMatchObject({
      status: 202,
      body: { accepted: 0, duplicates: 1, events: [{ status: "duplicate" }] },
    });
    const { rows } =
      await sql`select customer_id, type, occurred_at, data from events where event_id = ${one.id}`.execute(db);
    expect(rows).toEqual([
      { customer_id: "c1", type: "page.viewed", occurred_at: new Date("2026-01-05T02:00:00Z"), data: { page: "/茶" } },
    ]);
  });
  test("without time occurred when it was received; in binary mode its attributes are headers", async () => {
    const id = `i${++ids}`;
    const headers = {
      "content-type": "application/json",
      "ce-specversion": "1.0",
      "ce-id": id,
      "ce-source": "/shop",
      "ce-type": "seen",
      "ce-subject": "%E5%AE%A2",
    };
    expect((await serving.send({ page: 1 }, headers)).status).toBe(202);
    const { rows } =
      await sql`select customer_id, occurred_at = received_at as now, data from events where event_id = ${id}`.execute(
        db,
      );
    expect(rows).toEqual([{ customer_id: "客", now: true, data: { page: 1 } }]);
  });
  test("can be read again with what it did, by the typed client too", async () => {
    const client = openClient({ url: serving.server.url, key: await serving.key("admin") });
    const id = `i${++ids}`;
    const source = "https://shop.example/a?b";
    const data = { order_id: id, amount: 12.5 };
    const sent = await client.events.send({ id, source, type: "order.paid", subject: "c2", data });
    expect(sent).toEqual({ source, id, status: "accepted" });
    const read = (path: { source: string; id: string }) => client.get("/v1/events/{source}/{id}", { path });
    await expect
      .poll(async () => (await read({ source, id })).reaction, { timeout: 90_000 })
      .toEqual({ customer: "created", order: "stored" });
    await expect(read({ source: "/shop", id: "never" })).rejects.toMatchObject({ status: 404 });
    await expect(client.events.send({ id: "", source: "", type: "x", subject: "y" })).rejects.toMatchObject({
      status: 400,
    });
  });
});

describe("what is refused, each with a problem document", () => {
  const refused: [string, unknown, string, Record<string, string>?][] = [
    ["no id", { id: undefined }, "/id"],
    ["no source", { source: "" }, "/source"],
    ["no type", { type: null }, "/type"],
    ["no subject", { subject: undefined }, "/subject"],
    ["an id that is a number", { id: 7 }, "/id"],
    ["an id that is too long", { id: "x".repeat(257) }, "/id"],
    ["another version", { specversion: "0.3" }, "/specversion"],
    ["a time without zone", { time: "2026-01-05T10:00:00" }, "/time"],
    ["a time that is none", { time: "yesterday" }, "/time"],
    ["a day that is none", { time: "2026-02-30T10:00:00Z" }, "/time"],
    ["a time as number", { time: 1767578400 }, "/time"],
    ["a time in two days", { time: new Date(Date.now() + 2 * 86_400_000).toISOString() }, "/time"],
    ["data that is no object", { data: [1] }, "/data"],
    ["data that is not JSON", { datacontenttype: "text/xml", data: "<a/>" }, "/datacontenttype"],
    ["NUL", { data: { a: ["x\u0000"] } }, "/data/a/0"],
    ["a lone surrogate", { data: { a: "\ud83d" } }, "/data/a"],
    ["commands to a terminal", { type: "\u001b]0;x\u0007" }, "/type"],
    ["a line break in a name", { subject: "C1\nC2" }, "/subject"],
    ["a NUL in a key", { data: { "a\u0000": 1 } }, "/data"],
    ["nesting without end", { data: JSON.parse(`${'{"a":'.repeat(60)}1${"}".repeat(60)}`) }, `/data${"/a".repeat(32)}`],
    ["an order without id", { type: "order.paid", data: { amount: 1 } }, "/data/order_id"],
    ["an order with a bad amount", { type: "order.paid", data: { order_id: "o", amount: "1,5" } }, "/data/amount"],
    ["an amount finer than a cent", { type: "order.paid", data: { order_id: "o", amount: 1.005 } }, "/data/amount"],
    ["another currency", { type: "order.paid", data: { order_id: "o", amount: 1, currency: "USD" } }, "/data/currency"],
    ["consent without a word", { type: "consent.changed", data: { channel: "email" } }, "/data/granted"],
    ["a severity that is none", { type: "complaint.opened", data: { severity: "huge" } }, "/data/severity"],
  ];
  test.each(refused)("%s", async (_, change, pointer) => {
    const one = event(change as Record<string, unknown>);
    const { status, type, body } = await serving.send(one);
    expect({ status, type, pointers: body.errors.map((error) => error.pointer) }).toEqual({
      status: 400,
      type: "application/problem+json",
      pointers: [pointer],
    });
    expect(body).toMatchObject({ type: "urn:rekindle:problem:bad-event", status: 400, title: expect.any(String) });
    if (typeof one.id === "string") expect(await stored(one.id)).toBe(0);
  });
  test("every fault of an event at once, in Chinese when asked so", async () => {
    const { body } = await serving.send({ specversion: "1.0", id: "x" }, { "accept-language": "zh-CN,zh;q=0.9" });
    expect(body.errors.map((error) => error.detail)).toEqual([
      "缺少 source",
      "缺少 type",
      "缺少 subject（即 customer_id）",
    ]);
  });
  test.each([
    ["2 MB", JSON.stringify(event({ data: { text: "x".repeat(2 * 1024 * 1024) } })), {}, 413, "too-large"],
    ["text", "hello", { "content-type": "text/plain" }, 415, "content-type"],
    ["half of JSON", '{"specversion":', {}, 400, "json"],
    ["nothing", "", {}, 400, "empty"],
    ["broken UTF-8", new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]), {}, 400, "encoding"],
    ["a batch that is none", "{}", BATCH, 400, "batch"],
    ["a list of nothing good", "[1]", BATCH, 400, "bad-event"],
  ])("%s", async (_, body, headers, status, slug) => {
    const answer = await serving.send(body, headers as Record<string, string>);
    expect(answer).toMatchObject({
      status,
      type: "application/problem+json",
      body: { type: `urn:rekindle:problem:${slug}`, status },
    });
  });
  test("no key, a wrong key, a revoked key, a role that may not, an address that is none", async () => {
    const post = (authorization: string) => serving.send(event(), { authorization });
    expect((await post("")).status).toBe(401);
    expect(await post("Bearer rk_thisisnotakeythatanybodyhas")).toMatchObject({
      status: 401,
      type: "application/problem+json",
    });
    expect((await post(`Bearer ${await serving.key("marketer")}`)).status).toBe(403);
    const revoked = await serving.key("sales");
    await revokeApiKey(db, "test sales", new Date());
    expect((await post(`Bearer ${revoked}`)).status).toBe(401);
    expect((await fetch(`${serving.server.url}/v2/events`)).status).toBe(404);
  });
});

describe("a batch", () => {
  test("keeps what is good and names the rest by index", async () => {
    const [good, twice] = [event(), event()];
    const future = new Date(Date.now() + 3 * 86_400_000).toISOString();
    const { status, body } = await serving.send(
      [good, event({ id: "" }), twice, twice, event({ time: future }), "text"],
      BATCH,
    );
    expect(status).toBe(202);
    expect(body).toMatchObject({ accepted: 2, duplicates: 1 });
    expect(body.errors.map((error) => [error.index, error.pointer])).toEqual([
      [1, "/id"],
      [4, "/time"],
      [5, ""],
    ]);
    expect(await stored(twice.id)).toBe(1);
  });
  test("may be empty, and may come as plain JSON", async () => {
    expect(await serving.send([], BATCH)).toMatchObject({ status: 202, body: { accepted: 0 } });
    expect(await serving.send([event(), event()], { "content-type": "application/json" })).toMatchObject({
      status: 202,
      body: { accepted: 2 },
    });
  });
});

describe("many at once", () => {
  test("are stored together, each once, though half of them are sent twice", async () => {
    const events = Array.from({ length: 200 }, () => event());
    const answers = await Promise.all([...events, ...events.slice(0, 100)].map((one) => serving.send(one)));
    expect(answers.every((answer) => answer.status === 202)).toBe(true);
    expect(answers.filter((answer) => answer.body.accepted === 1)).toHaveLength(200);
    const { rows } =
      await sql`select count(*)::int as n from events where event_id = any(${events.map((one) => one.id)}::text[])`.execute(
        db,
      );
    expect(rows).toEqual([{ n: 200 }]);
    await expect
      .poll(
        async () =>
          (await sql<{ n: number }>`select count(*)::int as n from events where reacted_at is null`.execute(db))
            .rows[0]!.n,
      )
      .toBe(0);
  });
});

describe("health", () => {
  const look = async (url: string) => {
    const response = await fetch(`${url}/readyz`);
    return { status: response.status, body: await response.json() };
  };
  test("all there", async () => {
    expect((await fetch(`${serving.server.url}/healthz`)).status).toBe(200);
    await expect.poll(() => look(serving.server.url)).toEqual({ status: 200, body: { status: "ready", missing: [] } });
  });
  test("names what is missing; without Postgres nothing is accepted, without Redis everything is", async () => {
    const lost = openDatabase({ url: "postgres://nobody@127.0.0.1:9/none", schema: "none" });
    const config = testConfig(schema, { redisUrl: "redis://127.0.0.1:9" });
    const without = await openServer({ db: lost, config, home: HOME });
    expect(await look(without.url)).toEqual({
      status: 503,
      body: { status: "unavailable", missing: ["postgres", "redis"] },
    });
    const headers = {
      authorization: "Bearer rk_thisisnotakeythatanybodyhas",
      "content-type": "application/cloudevents+json",
    };
    const response = await fetch(`${without.url}/v1/events`, {
      method: "POST",
      headers,
      body: JSON.stringify(event()),
    });
    expect([response.status, ((await response.json()) as { type: string }).type]).toEqual([
      503,
      "urn:rekindle:problem:database",
    ]);
    await without.close();
    await lost.destroy();

    const slow = await openServer({ db, config, home: HOME });
    expect(await look(slow.url)).toEqual({ status: 200, body: { status: "degraded", missing: ["redis"] } });
    const one = event();
    const accepted = await fetch(`${slow.url}/v1/events`, {
      method: "POST",
      headers: { ...headers, authorization: `Bearer ${await serving.key("backend")}` },
      body: JSON.stringify(one),
    });
    expect(accepted.status).toBe(202);
    await expect
      .poll(
        async () =>
          (await sql<{ reacted_at: Date | null }>`select reacted_at from events where event_id = ${one.id}`.execute(db))
            .rows[0]?.reacted_at,
        { timeout: 300_000 },
      )
      .toBeInstanceOf(Date);
    await slow.close();
  });
});
