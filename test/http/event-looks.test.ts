import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseSince } from "../../src/operate/event/since.ts";
import type { ShownEvent } from "../../src/operate/event/view.ts";
import { createApiKey } from "../../src/store/api-key.ts";
import { testSchema } from "../support/schema.ts";
import { type Serving, serveTest } from "./serving.ts";

const schema = await testSchema();
const { db } = schema;
let serving: Serving;
let ops: string;
beforeAll(async () => {
  serving = await serveTest(schema);
  ops = await createApiKey(db, "ops", "ops", new Date());
});
afterAll(() => serving.stop());

type Listed = Omit<ShownEvent, "received"> & { received: string };
async function list(query: string, key = ops): Promise<{ items: Listed[]; next: string | null }> {
  const response = await fetch(`${serving.server.url}/v1/events?${query}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const body = (await response.json()) as { items: Listed[]; next: string | null };
  if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(body)}`);
  return body;
}
const idsOf = async (query: string) => (await list(query)).items.map((item) => item.id);
const unreacted = async () => (await sql`select 1 from events where reacted_at is null`.execute(db)).rows.length;

const posted = (id: string, type: string, subject: string, data: Record<string, unknown> = {}, source = "/shop") => ({
  ...{ specversion: "1.0", id, source, type, subject, data },
});

test("events are listed from the latest on, by type, customer, source and time, page by page", async () => {
  for (const event of [
    posted("1", "page.viewed", "A"),
    posted("2", "order.paid", "A", { order_id: "o1", amount: 5 }),
    posted("3", "page.viewed", "B"),
    posted("4", "page.viewed", "A", {}, "/app"),
  ])
    expect((await serving.send(event)).status).toBe(202);
  await expect.poll(unreacted, { timeout: 90_000 }).toBe(0);

  expect(await idsOf("")).toEqual(["4", "3", "2", "1"]);
  expect(await idsOf("type=page.viewed&source=/shop")).toEqual(["3", "1"]);
  expect(await idsOf("customer=A")).toEqual(["4", "2", "1"]);
  expect(await idsOf("customer=nobody")).toEqual([]);
  const first = await list("limit=3");
  expect(first.items.map((item) => item.id)).toEqual(["4", "3", "2"]);
  // what comes meanwhile moves nothing
  await serving.send(posted("5", "page.viewed", "C"));
  expect(await idsOf(`limit=3&after=${first.next}`)).toEqual(["1"]);
  const { received, reaction } = (await list("type=order.paid")).items[0]!;
  expect(reaction).toMatchObject({ order: "stored" });
  expect(await idsOf(`to=${received}&from=2026-01-01T00:00:00Z`)).toEqual(["1"]);
  expect(await idsOf(`from=${received}&customer=A`)).toEqual(["4", "2"]);
});

test("what was not reacted to, or could not be, is found under the name that it came with", async () => {
  await expect.poll(unreacted, { timeout: 90_000 }).toBe(0);
  await sql`insert into events (source, event_id, customer_id, type, occurred_at, received_at, reacted_at, reaction)
    values ('/shop', 'bad', 'D', 'x', now(), now(), now(), '{"error": "bad-data"}')`.execute(db);
  expect(await idsOf("failed=true")).toEqual(["bad"]);
  expect(await idsOf("customer=D")).toEqual(["bad"]);
  await db.transaction().execute(async (tx) => {
    // whoever holds the customer holds up the reaction
    await sql`select from customers where customer_id = 'B' for update`.execute(tx);
    await serving.send(posted("6", "page.viewed", "B"));
    expect(await idsOf("unreacted=true")).toEqual(["6"]);
    expect(await idsOf("customer=B&unreacted=true")).toEqual(["6"]);
  });
  await expect.poll(unreacted, { timeout: 90_000 }).toBe(0);
});

test("service sees events of customers of theirs only", async () => {
  const key = await createApiKey(db, "anna", "service", new Date());
  await sql`update api_keys set person = 'anna' where name = 'anna'`.execute(db);
  expect((await list("", key)).items).toEqual([]);
  await sql`update customers set owner = 'anna' where customer_id = 'C'`.execute(db);
  expect((await list("", key)).items.map((item) => item.subject)).toEqual(["C"]);
});

test("the tail tells of each event with what it did, goes on after the last one seen, and ends with the server", async () => {
  const own = await serveTest(schema);
  const lines: { id: string; event: Listed }[] = [];
  async function follow(query: string, headers: Record<string, string> = {}) {
    const response = await fetch(`${own.server.url}/v1/events/tail?${query}`, {
      headers: { authorization: `Bearer ${ops}`, ...headers },
    });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    let text = "";
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const [, id, data] = /^id: (\d+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
        if (data !== undefined) lines.push({ id: id!, event: JSON.parse(data) as Listed });
        text = text.slice(end + 2);
      }
    }
  }
  const seen = () => [...new Set(lines.map((line) => line.event.id))];
  const following = follow("type=order.paid&since=2026-01-01T00:00:00Z");
  await expect.poll(seen, { timeout: 90_000 }).toEqual(["2"]);
  await serving.send(posted("t1", "order.paid", "T", { order_id: "t1", amount: 5 }));
  await serving.send(posted("t2", "page.viewed", "T"));
  await serving.send(posted("t3", "order.paid", "T", { order_id: "t1", amount: 5 }));
  await expect.poll(seen, { timeout: 90_000 }).toEqual(["2", "t1", "t3"]);
  const did = (id: string) => lines.findLast((line) => line.event.id === id)?.event.reaction?.order;
  await expect.poll(() => [did("t1"), did("t3")], { timeout: 90_000 }).toEqual(["stored", "known"]);

  const { id } = lines.find((line) => line.event.id === "t1")!;
  lines.length = 0;
  const again = follow("", { "last-event-id": id });
  await expect.poll(seen, { timeout: 90_000 }).toEqual(["t2", "t3"]);
  await own.stop();
  await Promise.all([following, again]);
});

test("how far back: so long, a day from its beginning, or a time", () => {
  const now = new Date("2026-04-01T10:00:00Z");
  const since = (text: string) => parseSince(text, now, "Asia/Shanghai").toISOString();
  expect(since("90m")).toBe("2026-04-01T08:30:00.000Z");
  expect(since("2026-03-31")).toBe("2026-03-30T16:00:00.000Z");
  expect(since("2026-03-31T12:00:00Z")).toBe("2026-03-31T12:00:00.000Z");
  expect(() => since("soon")).toThrow("not a time");
});

test("ops may replay events, part by part; nobody else", async () => {
  const replay = async (body: unknown, key = ops) => {
    const response = await fetch(`${serving.server.url}/v1/events/replay`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  expect(await replay({ type: "order.paid" })).toMatchObject({
    status: 200,
    body: { changed: 0, failed: 0, next: null },
  });
  const part = await replay({ all: true, limit: 2 });
  expect(part.body).toMatchObject({ looked: 2, next: expect.any(Number) });
  expect((await replay({})).status).toBe(422);
  expect((await replay({ everything: true })).status).toBe(400);
  expect((await replay({ all: true }, await serving.key("backend"))).status).toBe(403);
});
