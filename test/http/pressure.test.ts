import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BusyError, openReceiver } from "../../src/intake/receive.ts";
import type { NewEvent } from "../../src/store/event.ts";
import { testSchema } from "../support/schema.ts";
import { type Serving, serveTest } from "./serving.ts";

const schema = await testSchema();
const { db } = schema;
let serving: Serving;
beforeAll(async () => {
  // an event that the database alone refuses, whatever is checked before
  await sql`alter table events add check (type <> 'culprit')`.execute(db);
  serving = await serveTest(schema);
});
afterAll(() => serving.stop());

let ids = 0;
const posted = (type = "seen", data: Record<string, unknown> = {}) => ({
  ...{ specversion: "1.0", id: `p${++ids}`, source: "/shop", type, subject: "c1", data },
});
const event = (data: Record<string, unknown> = {}): NewEvent => ({
  ...{ source: "/direct", id: `d${++ids}`, type: "seen", customerId: "c1", occurredAt: null, data },
});
const BATCH = { "content-type": "application/cloudevents-batch+json" };

/** Nothing can be stored while `work` goes on. */
async function withoutStorage<T>(work: () => Promise<T>): Promise<T> {
  return db.transaction().execute(async (tx) => {
    await sql`lock table events in exclusive mode`.execute(tx);
    return work();
  });
}

test("of a batch the one event that the database refuses is named, the others are stored", async () => {
  const events = Array.from({ length: 41 }, (_, i) => posted(i === 17 || i === 30 ? "culprit" : "seen"));
  const { status, body } = await serving.send(events, BATCH);
  expect(status).toBe(202);
  expect(body.accepted).toBe(39);
  expect(body.errors.map((error) => error.index)).toEqual([17, 30]);
  const ids = events.map((one) => one.id);
  const { rows } = await sql`select event_id from events where event_id = any(${ids}::text[])`.execute(db);
  expect(rows).toHaveLength(39);
});

test("posts that share a statement with it do not suffer, and it alone is refused", async () => {
  const events = Array.from({ length: 60 }, (_, i) => posted(i === 20 ? "culprit" : "seen"));
  const answers = await Promise.all(events.map((one) => serving.send(one)));
  expect(answers.map((answer) => answer.status)).toEqual(events.map((_, i) => (i === 20 ? 400 : 202)));
});

test.each([
  ["events", { events: 5, bytes: 1e9 }, {}],
  ["bytes", { events: 1e9, bytes: 5_000 }, { text: "x".repeat(800) }],
])("waiting is bounded by %s, and what is stored makes room", async (_, most, data) => {
  const receiver = openReceiver({ db, onStored: () => undefined, most });
  const waiting = await withoutStorage(async () => {
    const taken = Array.from({ length: 4 }, () => receiver.receive([event(data)]));
    await expect(receiver.receive([event(data), event(data)])).rejects.toThrow(BusyError);
    return taken;
  });
  expect(await Promise.all(waiting)).toEqual(waiting.map(() => ["accepted"]));
  expect(await receiver.receive([event(data), event(data)])).toEqual(["accepted", "accepted"]);
  // larger than all that may wait: taken when nothing waits
  const large = Array.from({ length: 9 }, () => event(data));
  expect(await receiver.receive(large)).toEqual(large.map(() => "accepted"));
  await receiver.close();
});

test("while the database stands still, large bodies are answered 503 with Retry-After instead of piling up", async () => {
  const text = "x".repeat(900_000);
  const key = await serving.key("backend");
  const post = () =>
    fetch(`${serving.server.url}/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/cloudevents+json" },
      body: JSON.stringify(posted("seen", { text })),
    });
  expect((await post()).status).toBe(202);
  const sent = await withoutStorage(async () => {
    const all = Array.from({ length: 100 }, post);
    // some are answered while nothing can be stored: those that are too much
    const first = await Promise.race(all);
    expect([first.status, first.headers.get("retry-after")]).toEqual([503, "1"]);
    return all;
  });
  const statuses = (await Promise.all(sent)).map((answer) => answer.status);
  expect(new Set(statuses)).toEqual(new Set([202, 503]));
  const taken = statuses.filter((status) => status === 202).length;
  expect(taken).toBeLessThan(75);
  const { rows } = await sql`select count(*)::int as n from events where length(data ->> 'text') = 900000`.execute(db);
  expect(rows).toEqual([{ n: taken + 1 }]);
  // what was held is free again
  expect((await Promise.all(Array.from({ length: 20 }, post))).map((answer) => answer.status)).toEqual(
    Array.from({ length: 20 }, () => 202),
  );
});

test("NUL in an address is refused, not asked of the database", async () => {
  const headers = { authorization: `Bearer ${await serving.key("ops")}` };
  const response = await fetch(`${serving.server.url}/v1/events/a%00b/c`, { headers });
  expect(response.status).toBe(400);
});
