import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApiKey } from "../../src/store/api-key.ts";
import { startTracing } from "../../src/watch/trace.ts";
import { standing } from "../intake/standing.ts";
import { testSchema } from "../support/schema.ts";
import { newCustomer, openCollector, openStack, type Stack } from "./stack.ts";

const schema = await testSchema();
const collector = await openCollector();
const PATIENCE = { timeout: 90_000, interval: 100 };
let stack: Stack;
let key: string;
let endTracing: () => Promise<void>;

beforeAll(async () => {
  const send = { channel: "email", template: "invite", kind: "transactional" };
  await standing(
    schema.db,
    "cart",
    { event: { type: "cart.updated" } },
    {
      journey: [
        { id: "hello", send },
        { id: "paid", waitFor: { event: "order.paid", within: "P7D" } },
        { id: "thanks", send },
      ],
    },
  );
  for (const id of ["c1", "c2"]) await newCustomer(schema, id);
  key = await createApiKey(schema.db, "shop", "backend", new Date());
  stack = await openStack(schema);
  endTracing = await startTracing("test", { schema: schema.schema, traces: { url: collector.url, ratio: 1 } });
}, 600_000);
afterAll(async () => {
  await stack?.close();
  await endTracing?.();
  await collector.close();
});

function post(event: Record<string, unknown>, headers: Record<string, string> = {}) {
  return fetch(`${stack.server.url}/v1/events`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/cloudevents+json", ...headers },
    body: JSON.stringify({ specversion: "1.0", source: "/shop", ...event }),
  });
}
const metricsAt = async (url: string) => (await fetch(`${url}/metrics`)).text();

test(
  "one trace leads from the shop's request to the mail, and says nothing of the customer",
  { timeout: 600_000 },
  async () => {
    const traceId = randomBytes(16).toString("hex");
    const parent = randomBytes(8).toString("hex");
    const answer = await post(
      { id: "cart-1", type: "cart.updated", subject: "c1", data: { cart_id: "k-1", note: "call 13800001111" } },
      { traceparent: `00-${traceId}-${parent}-01` },
    );
    expect(answer.status).toBe(202);
    await expect.poll(() => stack.mail.mails.map((mail) => mail.to), PATIENCE).toEqual(["c1@mail.example"]);
    const mine = () => collector.spans.filter((span) => span.traceId === traceId);
    const WAY = [
      "POST /v1/events",
      "events received",
      "event reacted",
      "stimulus sent",
      "activity send",
      "message sent",
    ];
    await expect.poll(() => WAY.filter((name) => !mine().some((span) => span.name === name)), PATIENCE).toEqual([]);

    const ids = new Map(mine().map((span) => [span.spanId, span]));
    expect(mine().find((span) => span.name === WAY[0])!.parentSpanId).toBe(parent);
    // each hangs on one that came before it
    for (const span of mine().filter(({ name }) => name !== WAY[0])) {
      const above = ids.get(span.parentSpanId!);
      expect([span.name, above === undefined]).toEqual([span.name, false]);
      expect(BigInt(above!.startTimeUnixNano)).toBeLessThanOrEqual(BigInt(span.startTimeUnixNano));
    }
    const sent = mine().find((span) => span.name === "message sent")!;
    expect(sent.attributes).toContainEqual({ key: "result", value: { stringValue: "accepted" } });

    // what the customer does next is told within the trace of that request, also when nobody gave one
    await post({ id: "order-1", type: "order.paid", subject: "c1", data: { order_id: "o-1", amount: 5 } });
    await expect.poll(() => stack.mail.mails.length, PATIENCE).toBe(2);
    const later = () => {
      const order = collector.spans.find(
        (span) => span.name === "event reacted" && span.attributes.some((a) => a.value.stringValue === "order.paid"),
      );
      return collector.spans.filter((span) => span.traceId === order?.traceId).map((span) => span.name);
    };
    await expect.poll(later, PATIENCE).toEqual(expect.arrayContaining(WAY));
    for (const secret of ["c1@", "王小明", "13800001111", key]) expect(collector.text()).not.toContain(secret);
  },
);

test("readyz of each process names its parts; worker and deliver are watched at doors of their own", async () => {
  for (const url of [stack.server.url, stack.doors.worker, stack.doors.deliver]) {
    const ready = await fetch(`${url}/readyz`);
    expect([url, ready.status, await ready.json()]).toEqual([url, 200, { status: "ready", missing: [] }]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  }
  expect((await fetch(`${stack.doors.worker}/elsewhere`)).status).toBe(404);
});

test(
  "every query of the dashboard and of the alerts names metrics that a running stack has",
  { timeout: 600_000 },
  async () => {
    await post({ id: "cart-2", type: "cart.updated", subject: "c2", data: {} });
    await expect.poll(() => stack.mail.mails.map((mail) => mail.to), PATIENCE).toContain("c2@mail.example");
    expect((await post({ id: "cart-2", type: "cart.updated" })).status).toBe(400);

    // a workflow's first task is counted when it is done, which the mail does not wait for
    const names = async () => {
      const texts = await Promise.all([stack.server.url, stack.doors.worker, stack.doors.deliver].map(metricsAt));
      const samples = texts.flatMap((text) => text.split("\n").filter((line) => line !== "" && !line.startsWith("#")));
      return new Set(samples.map((line) => /^[a-zA-Z_:][\w:]*/.exec(line)![0]));
    };
    const asked = [...new Set([...queriesOf(dashboard()), ...alerts()].flatMap(metricsIn))].sort();
    expect(asked.length).toBeGreaterThan(20);
    await expect
      .poll(async () => {
        const known = await names();
        return asked.filter((name) => !known.has(name));
      }, PATIENCE)
      .toEqual([]);
  },
);

test("what is counted is what has happened, under names with units", async () => {
  const text = await metricsAt(stack.server.url);
  expect(text).toMatch(/^rekindle_events_received_total\{status="accepted"\} [1-9]/m);
  expect(text).toMatch(/^rekindle_decisions_total\{kind="send",outcome="queued"\} [1-9]/m);
  expect(text).toMatch(/^rekindle_messages_total\{channel="email",result="accepted"\} [1-9]/m);
  expect(text).toMatch(
    /^rekindle_http_request_duration_seconds_count\{method="POST",route="\/v1\/events",status="202"\} [1-9]/m,
  );
  await expect.poll(() => metricsAt(stack.server.url), PATIENCE).toMatch(/^rekindle_events_unreacted 0$/m);
  for (const line of text.split("\n").filter((one) => one.startsWith("# TYPE rekindle_"))) {
    const [, , name = "", type] = line.split(" ");
    if (type === "counter") expect(name).toMatch(/_total$/);
    if (type === "histogram") expect(name).toMatch(/_(seconds|size)$/);
  }
  // no label holds what a customer or a stranger could have written
  expect(text).not.toMatch(/c1|mail\.example|cart-1/);
});

const file = (path: string) => readFileSync(fileURLToPath(new URL(`../../ops/${path}`, import.meta.url)), "utf8");
const dashboard = () => JSON.parse(file("grafana/rekindle.json")) as unknown;

/** All `expr` of a dashboard, wherever its panels keep them. */
function queriesOf(json: unknown): string[] {
  if (Array.isArray(json)) return json.flatMap(queriesOf);
  if (typeof json !== "object" || json === null) return [];
  return Object.entries(json).flatMap(([name, value]) => (name === "expr" ? [String(value)] : queriesOf(value)));
}

/** Those of the alert rules; each stands on a line of its own. */
function alerts(): string[] {
  const found = [...file("prometheus/alerts.yml").matchAll(/^\s+expr: (.+)$/gm)].map((match) => match[1]!);
  expect(found.length).toBe([...file("prometheus/alerts.yml").matchAll(/- alert:/g)].length);
  return found;
}

function metricsIn(query: string): string[] {
  return query.replaceAll(/"[^"]*"/g, "").match(/\b(rekindle|temporal|process|nodejs)_\w+/g) ?? [];
}
