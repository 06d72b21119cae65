import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Analytics, AnalyticsBrowser as Loader } from "@segment/analytics-next";
import { Window } from "happy-dom";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createApiKey } from "../../../src/store/api-key.ts";
import { testSchema } from "../../support/schema.ts";
import { type Serving, serveTest } from "../serving.ts";

const schema = await testSchema();
const { db } = schema;
let serving: Serving;
let script: string;
const pages: Window[] = [];
beforeAll(async () => {
  serving = await serveTest(schema);
  const main = createRequire(import.meta.url).resolve("@segment/analytics-next");
  script = await readFile(join(dirname(main), "../umd/index.js"), "utf8");
});
afterAll(async () => {
  for (const page of pages) await page.happyDOM.close();
  await serving.stop();
});

/** Segment's published script for web pages, in a page of another origin that asks before it sends, as browsers do. */
async function load(writeKey: string, delivery: object = {}): Promise<{ client: Analytics; failures: unknown[] }> {
  const page = new Window({
    url: "http://shop.example/tea?size=250",
    settings: { enableJavaScriptEvaluation: true, suppressInsecureJavaScriptEnvironmentWarning: true },
  });
  pages.push(page);
  page.eval(script);
  const { AnalyticsBrowser } = (page as unknown as { AnalyticsNext: { AnalyticsBrowser: typeof Loader } })
    .AnalyticsNext;
  const sending = { apiKey: writeKey, apiHost: `${new URL(serving.server.url).host}/v1`, protocol: "http" };
  const cdnSettings = { integrations: { "Segment.io": { ...sending, ...delivery } } };
  const [client] = await AnalyticsBrowser.load({ writeKey, cdnSettings } as Parameters<typeof Loader.load>[0]);
  const failures: unknown[] = [];
  client.on("error", (error: unknown) => failures.push(error));
  return { client, failures };
}

interface Row {
  type: string;
  customer_id: string;
  customer: number | null;
  data: Record<string, unknown>;
}

/** All events that came by a key, once they have been reacted to. */
const eventsBy = (key: string, count: number): Promise<Row[]> =>
  vi.waitFor(
    async () => {
      const { rows } = await sql<Row & { done: boolean }>`
        select type, customer_id, customer, data, reacted_at is not null as done
        from events where source = ${`public:${key}/tracking`} order by id`.execute(db);
      expect(rows.map((row) => row.done)).toEqual(Array.from({ length: count }, () => true));
      return rows.map(({ done: _, ...row }) => row);
    },
    { timeout: 90_000, interval: 50 },
  );

test("Segment's script for web pages: each call by its own address", async () => {
  const key = await createApiKey(db, "page", "backend", new Date(), { public: true });
  const { client, failures } = await load(key);
  await client.page("Shop", "Tea");
  await client.track("Product Viewed", { product_id: 7, category: "tea" });
  await client.identify("web-1", { email: "li@example.com" });
  await client.track("Song Played", { title: "Jasmine" });
  await client.group("club", { name: "Tea Club" });
  await client.alias("web-1", client.user().anonymousId()!);
  const events = await eventsBy("page", 6);
  expect(failures).toEqual([]);
  expect(events.map((event) => event.type)).toEqual([
    "page.viewed",
    "product.viewed",
    "customer.linked",
    "song_played",
    "group.joined",
    "customer.linked",
  ]);
  expect(events[0]!.data).toMatchObject({ name: "Tea", category: "Shop", path: "/tea", search: "?size=250" });
  expect(events[1]!.data).toMatchObject({ sku: "7", category: "tea" });
  // what was done before is the customer's too
  expect(events[0]!.customer_id).toBe(`anonymous:${client.user().anonymousId()}`);
  expect(new Set(events.map((event) => event.customer))).toEqual(new Set([events[3]!.customer]));
  expect(events[3]).toMatchObject({ customer_id: "web-1", customer: expect.any(Number) });
  const { rows } = await sql`select 1 from contacts`.execute(db);
  expect(rows).toEqual([]);
});

test("the same script in batches; an order that a page makes up is dropped without harm to the rest", async () => {
  const key = await createApiKey(db, "batches", "backend", new Date(), { public: true });
  const strategy = { deliveryStrategy: { strategy: "batching", config: { size: 4, timeout: 200 } } };
  const { client, failures } = await load(key, strategy);
  const calls = [1, 2, 3, 4, 5].map((n) => client.track("Song Played", { n }));
  await client.track("Order Completed", { order_id: "mine", total: 1 });
  await Promise.all(calls);
  const events = await eventsBy("batches", 5);
  expect(failures).toEqual([]);
  expect(events.map((event) => Number(event.data.n)).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
  const { rows } = await sql`select 1 from orders`.execute(db);
  expect(rows).toEqual([]);
});
