import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Analytics, type HTTPFetchRequest } from "@segment/analytics-node";
import { CloudEvent, emitterFor, HTTP, httpTransport, Mode } from "cloudevents";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { BusyError, openReceiver, type Receiver } from "../../../src/intake/receive.ts";
import { testSchema } from "../../support/schema.ts";
import { type Serving, serveTest } from "../serving.ts";

const schema = await testSchema();
const { db } = schema;
let serving: Serving;
let writeKey: string;
beforeAll(async () => {
  serving = await serveTest(schema);
  writeKey = await serving.key("backend");
});
afterAll(() => serving.stop());

interface Row {
  event_id: string;
  type: string;
  customer_id: string;
  data: Record<string, unknown>;
  reaction: Record<string, unknown> | null;
  customer: number | null;
}

/** The events of these customers once all of them have been reacted to. */
async function reacted(customers: string[], count: number): Promise<Row[]> {
  return vi.waitFor(
    async () => {
      const { rows } = await sql<Row & { done: boolean }>`
        select event_id, type, customer_id, data, reaction, customer, reacted_at is not null as done
        from events where customer_id = any(${customers}::text[]) order by id`.execute(db);
      expect(rows.length).toBeGreaterThanOrEqual(count);
      expect(rows.every((row) => row.done)).toBe(true);
      return rows.map(({ done: _, ...row }) => row);
    },
    { timeout: 90_000, interval: 50 },
  );
}

/** The published client; every failure that it tells of fails the test. */
function analytics(more: Partial<ConstructorParameters<typeof Analytics>[0]> = {}) {
  const client = new Analytics({ writeKey, host: serving.server.url, flushInterval: 100, ...more });
  const failures: unknown[] = [];
  client.on("error", (error) => failures.push(error));
  return { client, failures };
}

test("Segment's Node client: every kind of call becomes an event, once, and is reacted to", async () => {
  const { client, failures } = analytics();
  const visitor = { anonymousId: "v-1" };
  client.page({ ...visitor, name: "Tea", properties: { url: "https://shop.example/tea" } });
  client.identify({
    userId: "n-1",
    anonymousId: "v-1",
    traits: { email: "Li@Example.com", firstName: "Li", lastName: "Lei", companySize: "40", city: "上海", nick: "ll" },
    context: { locale: "zh-CN", timezone: "Asia/Shanghai" },
  });
  client.track({
    userId: "n-1",
    event: "Order Completed",
    properties: {
      order_id: "O-1",
      total: 129.5,
      revenue: 120,
      currency: "cny",
      products: [{ product_id: "p1", sku: "tea-250", category: "tea", price: 64.75, quantity: 2 }],
    },
  });
  client.track({ userId: "n-1", event: "Song Played", properties: { title: "Jasmine" } });
  client.screen({ userId: "n-1", name: "Home" });
  client.group({ userId: "n-1", groupId: "g-1", traits: { name: "Tea Club" } });
  client.alias({ userId: "n-1", previousId: "v-0" });
  await client.closeAndFlush({ timeout: 90_000 });
  expect(failures).toEqual([]);

  const rows = await reacted(["n-1", "anonymous:v-1"], 7);
  const byType = Object.fromEntries(rows.map((row) => [row.type, row]));
  expect(rows).toHaveLength(7);
  expect(Object.keys(byType).sort()).toEqual([
    "customer.identified",
    "customer.linked",
    "group.joined",
    "order.paid",
    "page.viewed",
    "screen.viewed",
    "song_played",
  ]);
  expect(byType["order.paid"]!.reaction).toMatchObject({ order: "stored" });
  expect(byType["page.viewed"]!.customer).toBe(byType["order.paid"]!.customer);
  expect(byType["customer.identified"]).toMatchObject({
    data: { contacts: ["name", "email"] },
    reaction: { identity: { traits: expect.arrayContaining(["city", "company_size", "nick"]), linked: 1 } },
  });

  const { rows: orders } = await sql`
    select o.order_id, o.amount, i.sku, i.qty::int, i.price from orders o join order_items i using (order_id)`.execute(
    db,
  );
  expect(orders).toEqual([{ order_id: "O-1", amount: 12950, sku: "tea-250", qty: 2, price: 6475 }]);
  const { rows: people } = await sql`
    select c.traits, c.locale, c.timezone, (select count(*)::int from consents) as consents,
      (select jsonb_object_agg(kind, value) from contacts k where k.customer = c.id) as contacts
    from customers c where customer_id = 'n-1'`.execute(db);
  expect(people).toEqual([
    {
      traits: { company_size: 40, city: "上海", nick: "ll" },
      locale: "zh-CN",
      timezone: "Asia/Shanghai",
      consents: 0,
      contacts: { name: "Li Lei", email: "Li@example.com" },
    },
  ]);
  const { rows: all } = await sql`select customer_id from customers order by 1`.execute(db);
  expect(all).toEqual([{ customer_id: "n-1" }]);
});

test("two hundred calls in batches, each answered 503 or cut off before its answer once: each event once", async () => {
  const lossy = await lossyProxy(serving.server.url);
  const { client, failures } = analytics({ host: lossy.url, flushAt: 20, maxRetries: 10 });
  for (let i = 0; i < 200; i++) {
    client.track({ userId: `b-${i % 10}`, event: "check_in", messageId: `m-${i}`, properties: { n: i } });
  }
  await client.closeAndFlush({ timeout: 90_000 });
  await lossy.close();
  expect(failures).toEqual([]);
  expect(lossy.failed()).toBe(10);
  const rows = await reacted(
    Array.from({ length: 10 }, (_, i) => `b-${i}`),
    200,
  );
  expect(rows.map((row) => row.event_id).sort()).toEqual(Array.from({ length: 200 }, (_, i) => `m-${i}`).sort());
});

test("a server that takes nothing now says so, and the client comes back", async () => {
  const own = openReceiver({ db, onStored: () => undefined });
  let turnedAway = 0;
  const busy: Receiver = {
    ...own,
    receive: (events) => (turnedAway++ < 2 ? Promise.reject(new BusyError("full")) : own.receive(events)),
  };
  const full = await serveTest(schema, {}, { receiver: busy });
  const { client, failures } = analytics({ host: full.server.url, maxRetries: 5 });
  const statuses: number[] = [];
  client.on("http_response", ({ status }) => void statuses.push(status));
  client.track({ userId: "busy-1", event: "Song Played", messageId: "busy" });
  await client.closeAndFlush({ timeout: 90_000 });
  await full.stop();
  expect([failures, statuses]).toEqual([[], [503, 503, 200]]);
  expect(await reacted(["busy-1"], 1)).toHaveLength(1);
});

test("a batch with one bad call is not sent again: the good ones are stored, the bad one is named", async () => {
  const answers: { status: number; body: unknown }[] = [];
  const watched = async (url: string, options: HTTPFetchRequest) => {
    const response = await fetch(url, options);
    answers.push({ status: response.status, body: await response.clone().json() });
    return response;
  };
  const { client } = analytics({ httpClient: watched, flushAt: 3 });
  client.track({ userId: "bad-1", event: "order.paid", properties: { order_id: "B-1", amount: "a lot" } });
  client.track({ userId: "bad-1", event: "Song Played" });
  client.identify({ userId: "bad-1", traits: { email: "nowhere" } });
  await client.closeAndFlush({ timeout: 90_000 });
  expect(answers).toEqual([
    {
      status: 200,
      body: {
        success: true,
        errors: [
          expect.objectContaining({ index: 0, pointer: "/properties/amount" }),
          expect.objectContaining({ index: 2, pointer: "/traits/email" }),
        ],
      },
    },
  ]);
  expect((await reacted(["bad-1"], 1)).map((row) => row.type)).toEqual(["song_played"]);
});

test("nothing but bad calls, or a wrong key, is told once and not tried for ever", async () => {
  const bad = analytics({ maxRetries: 3 });
  bad.client.track({ userId: "bad-2", event: "order.paid", properties: {} });
  await bad.client.closeAndFlush({ timeout: 90_000 });
  expect(bad.failures).toHaveLength(1);
  const stranger = analytics({ writeKey: "rk_nobody_knows_this_key", maxRetries: 3 });
  stranger.client.track({ userId: "bad-2", event: "Song Played" });
  await stranger.client.closeAndFlush({ timeout: 90_000 });
  expect(stranger.failures).toHaveLength(1);
  const { rows } = await sql`select 1 from events where customer_id = 'bad-2'`.execute(db);
  expect(rows).toEqual([]);
});

test("the CloudEvents SDK: structured, binary and batches", async () => {
  const emit = emitterFor(httpTransport(`${serving.server.url}/v1/events`), {});
  const event = (n: number) =>
    new CloudEvent({ id: `ce-${n}`, source: "/sdk", type: "check_in", subject: "ce 1", data: { n, note: "茶" } });
  const headers = { authorization: `Bearer ${writeKey}` };
  const answer = (await emit(event(1), { headers })) as { body: string };
  expect(JSON.parse(answer.body)).toMatchObject({ accepted: 1 });
  const structured = emitterFor(httpTransport(`${serving.server.url}/v1/events`), { mode: Mode.STRUCTURED });
  await structured(event(2), { headers });
  await structured(event(2), { headers });

  const batch = [3, 4, 5].map((n) => event(n).toJSON());
  const response = await fetch(`${serving.server.url}/v1/events`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/cloudevents-batch+json" },
    body: JSON.stringify(batch),
  });
  expect(response.status).toBe(202);
  const posted = HTTP.structured(event(6));
  const again = await fetch(`${serving.server.url}/v1/events`, {
    method: "POST",
    headers: { ...headers, ...(posted.headers as Record<string, string>) },
    body: posted.body as string,
  });
  expect(again.status).toBe(202);
  const rows = await reacted(["ce 1"], 6);
  expect(rows.map((row) => [row.event_id, row.data])).toEqual(
    [1, 2, 3, 4, 5, 6].map((n) => [`ce-${n}`, { n, note: "茶" }]),
  );
});

/** Fails each request once: every second one by 503, the others by dropping the connection when they are done. */
async function lossyProxy(target: string): Promise<{ url: string; failed: () => number; close: () => Promise<void> }> {
  const seen = new Set<string>();
  const server: HttpServer = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const first = /"messageId":"(m-\d+)"/.exec(body.toString())![1]!;
      const fails = !seen.has(first);
      seen.add(first);
      if (fails && seen.size % 2 === 0) return void response.writeHead(503, { "retry-after": "0" }).end();
      return void (async () => {
        const { authorization = "", "content-type": type = "" } = request.headers;
        const headers = { authorization, "content-type": type };
        const passed = await fetch(target + request.url, { method: "POST", headers, body });
        const answer = await passed.text();
        if (fails) request.socket.destroy();
        else response.writeHead(passed.status, { "content-type": "application/json" }).end(answer);
      })();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    failed: () => seen.size,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
