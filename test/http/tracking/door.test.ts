import { gzipSync } from "node:zlib";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createApiKey } from "../../../src/store/api-key.ts";
import { testSchema } from "../../support/schema.ts";
import { type Serving, serveTest } from "../serving.ts";

const schema = await testSchema();
const { db } = schema;
let serving: Serving;
let secret: string;
let open: string;
beforeAll(async () => {
  serving = await serveTest(schema);
  secret = await serving.key("backend");
  open = await createApiKey(db, "site", "backend", new Date(), { public: true });
});
afterAll(() => serving.stop());

interface Answer {
  status: number;
  body: { success?: boolean; detail?: string; errors?: { index?: number; pointer: string; detail: string }[] };
  headers: Headers;
}

const basic = (key: string) => `Basic ${Buffer.from(`${key}:`).toString("base64")}`;

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${serving.server.url}${path}`, {
    method: "POST",
    headers: { authorization: basic(secret), "content-type": "application/json", ...headers },
    body: typeof body === "string" || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Answer["body"], headers: response.headers };
}

interface Stored {
  source: string;
  event_id: string;
  type: string;
  occurred_at: Date;
  data: Record<string, unknown>;
  reaction: Record<string, unknown> | null;
  customer: number | null;
}

/** A customer's events, once reacted to. */
const eventsOf = (customer: string): Promise<Stored[]> =>
  vi.waitFor(
    async () => {
      const { rows } = await sql<Stored & { done: boolean }>`
        select source, event_id, type, occurred_at, data, reaction, customer, reacted_at is not null as done
        from events where customer_id = ${customer} order by id`.execute(db);
      expect(rows.every((row) => row.done)).toBe(true);
      return rows.map(({ done: _, ...row }) => row);
    },
    { timeout: 90_000, interval: 50 },
  );
const customerOf = async (customer: string) =>
  (
    await sql<{ traits: Record<string, unknown>; contacts: Record<string, string> | null }>`
      select traits, (select jsonb_object_agg(kind, value) from contacts k where k.customer = c.id) as contacts
      from customers c where customer_id = ${customer}`.execute(db)
  ).rows[0];

describe("the key", () => {
  const call = { userId: "k-1", event: "Song Played" };
  test("is a user name without password, a bearer's token, or in the body", async () => {
    expect(await post("/v1/track", call)).toMatchObject({ status: 200, body: { success: true } });
    expect((await post("/v1/track", call, { authorization: `Bearer ${secret}` })).status).toBe(200);
    const inBody = await fetch(`${serving.server.url}/v1/t`, {
      method: "POST",
      headers: { "content-type": "text/plain;charset=UTF-8" },
      body: JSON.stringify({ ...call, writeKey: open }),
    });
    expect([inBody.status, await inBody.json()]).toEqual([200, { success: true }]);
    expect((await eventsOf("k-1")).map((event) => event.source)).toEqual([
      "tracking:test backend",
      "tracking:test backend",
      "public:site/tracking",
    ]);
  });
  test("is needed, and the body's is not asked where there is another", async () => {
    const url = `${serving.server.url}/v1/batch`;
    const json = { "content-type": "application/json" };
    const none = await fetch(url, { method: "POST", headers: json, body: JSON.stringify({ batch: [] }) });
    expect(none.status).toBe(401);
    const wrong = await post(
      "/v1/track",
      { ...call, writeKey: secret },
      { authorization: basic("rk_nobody_knows_this") },
    );
    expect(wrong.status).toBe(401);
  });
  test("in the body, and text for JSON, open no other address", async () => {
    const event = { specversion: "1.0", id: "1", source: "/s", type: "seen", subject: "k-2", writeKey: secret };
    const url = `${serving.server.url}/v1/events`;
    const json = { "content-type": "application/json" };
    expect((await fetch(url, { method: "POST", headers: json, body: JSON.stringify(event) })).status).toBe(401);
    const text = await post("/v1/events", event, { "content-type": "text/plain" });
    expect(text.status).toBe(415);
  });
});

describe("browsers", () => {
  const origin = { origin: "https://shop.example" };
  test("may ask with a public key from any page, and are told what they may send", async () => {
    for (const path of ["/v1/t", "/v1/b", "/v1/batch", "/v1/events"]) {
      const preflight = await fetch(`${serving.server.url}${path}`, {
        method: "OPTIONS",
        headers: {
          ...origin,
          "access-control-request-method": "POST",
          "access-control-request-headers": "authorization,content-type,x-retry-count",
        },
      });
      expect([path, preflight.status]).toEqual([path, 204]);
      expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
      expect(preflight.headers.get("access-control-allow-headers")).toMatch(
        /authorization, content-type.*x-retry-count/,
      );
      expect(preflight.headers.get("access-control-allow-credentials")).toBeNull();
    }
    const sent = await post(
      "/v1/t",
      { anonymousId: "o-1", event: "Song Played" },
      { ...origin, authorization: basic(open), "content-type": "text/plain", "sec-fetch-mode": "cors" },
    );
    expect(sent).toMatchObject({ status: 200, body: { success: true } });
    expect(sent.headers.get("access-control-allow-origin")).toBe("*");
    const refused = await post("/v1/t", {}, { ...origin, authorization: basic("pk_nobody_knows_this") });
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([401, "*"]);
  });
  test("may ask nothing else", async () => {
    const preflight = await fetch(`${serving.server.url}/v1/campaigns`, { method: "OPTIONS", headers: origin });
    expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
    const asked = await fetch(`${serving.server.url}/v1/campaigns`, {
      headers: { ...origin, authorization: `Bearer ${await serving.key("marketer")}` },
    });
    expect(asked.headers.get("access-control-allow-origin")).toBeNull();
  });
  test("that show a secret key are told to revoke it", async () => {
    const leak = { ...origin, "sec-fetch-mode": "cors" };
    const answer = await post("/v1/t", { userId: "leak-1", event: "Song Played" }, leak);
    expect([answer.status, answer.body.detail]).toEqual([403, expect.stringContaining("revoke it")]);
    expect(await eventsOf("leak-1")).toEqual([]);
  });
});

describe("a public key", () => {
  const as = { authorization: "" };
  beforeAll(() => {
    as.authorization = basic(open);
  });
  test("posts no orders, coupons, complaints, consents", async () => {
    for (const event of [
      "Order Completed",
      "order.refunded",
      "coupon.redeemed",
      "complaint.opened",
      "consent.changed",
    ]) {
      const properties = { order_id: "P-1", total: 10, code: "c", channel: "email", granted: true };
      const answer = await post("/v1/track", { userId: "p-1", event, properties }, as);
      expect([event, answer.status]).toEqual([event, 403]);
    }
    expect(await eventsOf("p-1")).toEqual([]);
  });
  test("says by identify only which visitor a customer was", async () => {
    await post("/v1/identify", { userId: "p-2", traits: { city: "杭州", email: "own@example.com" } });
    await eventsOf("p-2");
    await post("/v1/t", { anonymousId: "p-v", event: "Song Played" }, as);
    const call = { userId: "p-2", anonymousId: "p-v", traits: { city: "北京", vip: true, email: "thief@example.com" } };
    expect((await post("/v1/i", call, as)).status).toBe(200);
    const events = await eventsOf("p-2");
    expect(events[1]).toMatchObject({ type: "customer.linked", data: { anonymous_id: "p-v" } });
    expect(JSON.stringify(events)).not.toContain("thief");
    expect(await customerOf("p-2")).toEqual({ traits: { city: "杭州" }, contacts: { email: "own@example.com" } });
    expect((await post("/v1/i", { userId: "p-2", traits: { city: "北京" } }, as)).body.errors).toMatchObject([
      { pointer: "/anonymousId" },
    ]);
    const event = { specversion: "1.0", id: "1", source: "public:site", type: "customer.identified", subject: "p-2" };
    const posted = await post("/v1/events", { ...event, data: { traits: { city: "北京" } } }, as);
    expect(posted.status).toBe(403);
  });
});

describe("packed bodies", () => {
  const packed = { "content-encoding": "gzip" };
  test("are unpacked, at every address", async () => {
    const batch = [1, 2, 3].map((n) => ({ type: "track", userId: "z-1", event: "Song Played", messageId: `z${n}` }));
    const sent = await post("/v1/batch", gzipSync(JSON.stringify({ batch })), packed);
    expect(sent).toMatchObject({ status: 200, body: { success: true } });
    const event = { specversion: "1.0", id: "z4", source: "/s", type: "seen", subject: "z-1" };
    expect((await post("/v1/events", gzipSync(JSON.stringify(event)), packed)).status).toBe(202);
    expect((await eventsOf("z-1")).map((one) => one.event_id)).toEqual(["z1", "z2", "z3", "z4"]);
  });
  test("that unpack to too much, or to nothing, are refused", async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, " "));
    expect(bomb.length).toBeLessThan(100 * 1024);
    expect((await post("/v1/batch", bomb, packed)).status).toBe(413);
    expect((await post("/v1/batch", Buffer.from("not gzip"), packed)).status).toBe(400);
    expect((await post("/v1/batch", gzipSync(`{"batch":[]}`).subarray(0, 20), packed)).status).toBe(400);
    expect((await post("/v1/batch", "{}", { "content-encoding": "br" })).status).toBe(415);
    expect((await post("/v1/batch", { batch: [] })).status).toBe(200);
  });
});

describe("time", () => {
  const at = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1000).toISOString();
  const ago = (event: Stored) => Math.round((Date.now() - event.occurred_at.getTime()) / 60_000);
  test("is corrected by what the sender's clock is wrong by", async () => {
    // a clock that is ten days fast; it happened half an hour before it was sent
    const fast = -10 * 86_400;
    await post("/v1/track", { userId: "t-1", event: "A", timestamp: at(fast + 1800), sentAt: at(fast) });
    await post("/v1/batch", {
      sentAt: at(fast),
      batch: [
        { type: "track", userId: "t-1", event: "B", timestamp: at(fast + 600) },
        { type: "track", userId: "t-1", event: "C", originalTimestamp: at(fast + 1200), timestamp: at(99) },
        { type: "track", userId: "t-1", event: "D", timestamp: at(7200), receivedAt: at(7100), sentAt: at(fast) },
        { type: "track", userId: "t-1", event: "E" },
        { type: "track", userId: "t-1", event: "F", timestamp: at(fast - 60) },
      ],
    });
    await post("/v1/track", { userId: "t-1", event: "G", timestamp: at(3600) });
    const times = (await eventsOf("t-1")).map((event): [string, number] => [event.type, ago(event)]);
    expect(times.sort(([a], [b]) => a.localeCompare(b))).toEqual([
      ["a", 30],
      ["b", 10],
      ["c", 20],
      ["d", 120],
      ["e", 0],
      ["f", 0],
      ["g", 60],
    ]);
  });
  test("that is none, or is yet to come, is refused", async () => {
    const one = (timestamp: unknown) => post("/v1/track", { userId: "t-2", event: "A", timestamp });
    for (const timestamp of ["soon", {}, "2026-13-01T00:00:00Z"]) {
      expect((await one(timestamp)).body.errors).toMatchObject([{ pointer: "/timestamp" }]);
    }
    expect((await one(at(-2 * 86_400))).status).toBe(400);
  });
});

describe("who it was", () => {
  test("a visitor has a history and is no customer; it becomes the past of whom they turn out to be", async () => {
    const { n } = (await sql<{ n: number }>`select count(*)::int as n from customers`.execute(db)).rows[0]!;
    for (const i of [1, 2]) await post("/v1/page", { anonymousId: "w-v", messageId: `w${i}`, name: "Tea" });
    const before = await eventsOf("anonymous:w-v");
    expect(before.map((event) => [event.customer, event.reaction])).toEqual([
      [null, null],
      [null, null],
    ]);
    const { n: still } = (await sql<{ n: number }>`select count(*)::int as n from customers`.execute(db)).rows[0]!;
    expect(still).toBe(n);
    await post("/v1/identify", { userId: "w-1", anonymousId: "w-v" });
    const [identified] = await eventsOf("w-1");
    expect(identified!.reaction).toMatchObject({ identity: { linked: 2 } });
    await post("/v1/alias", { userId: "w-2", previousId: "w-v" });
    expect((await eventsOf("w-2"))[0]!.reaction).not.toHaveProperty("identity");
    const after = await eventsOf("anonymous:w-v");
    expect(after.map((event) => event.customer)).toEqual([identified!.customer, identified!.customer]);
  });
  test("a visitor owns nothing: what acts needs a customer, by every door", async () => {
    const order = { order_id: "W-1", total: 5, amount: 5 };
    const tracked = await post("/v1/track", { anonymousId: "w-x", event: "Order Completed", properties: order });
    expect(tracked.body.errors).toMatchObject([{ pointer: "/userId" }]);
    const event = {
      specversion: "1.0",
      id: "1",
      source: "/s",
      type: "order.paid",
      subject: "anonymous:w-x",
      data: order,
    };
    expect((await post("/v1/events", event)).body.errors).toMatchObject([{ pointer: "/subject" }]);
    expect((await post("/v1/track", { event: "Song Played" })).body.errors).toMatchObject([{ pointer: "/userId" }]);
  });
  test("what was said later stands, whichever arrives first; null takes a trait away", async () => {
    const say = (hour: number, traits: Record<string, unknown>) =>
      post("/v1/identify", { userId: "w-3", traits, timestamp: `2026-03-01T${hour}:00:00Z` });
    await say(12, { city: "late", email: "late@example.com", vip: "yes" });
    await eventsOf("w-3");
    await say(10, { city: "early", email: "early@example.com", industry: "tea" });
    await eventsOf("w-3");
    expect(await customerOf("w-3")).toEqual({
      traits: { city: "late", vip: true, industry: "tea" },
      contacts: { email: "late@example.com" },
    });
    await say(13, { vip: null, phone: "+86 138 0013 8000", tags: ["a", "b"], birthday: "1990-05-12T00:00:00Z" });
    const events = await eventsOf("w-3");
    expect(await customerOf("w-3")).toEqual({
      traits: { city: "late", industry: "tea", tags: ["a", "b"], birthday: "1990-05-12" },
      contacts: { email: "late@example.com", phone: "13800138000" },
    });
    // addresses are with the contacts, and no longer with the events
    expect(JSON.stringify(events)).not.toMatch(/example\.com|8000/);
  });
  test("traits of the wrong type are refused, with their place", async () => {
    const answer = await post("/v1/identify", {
      userId: "w-4",
      traits: { companySize: "many", birthday: { y: 1 }, phone: 12, anything: { deep: true } },
    });
    expect(answer.status).toBe(400);
    expect(answer.body.errors!.map((error) => error.pointer).sort()).toEqual([
      "/traits/birthday",
      "/traits/companySize",
      "/traits/phone",
    ]);
  });
});

describe("calls", () => {
  test("sent again count once, with or without an id of their own", async () => {
    const named = { userId: "d-1", event: "Song Played", messageId: "d1" };
    const timed = { userId: "d-1", event: "Song Played", timestamp: "2026-03-01T12:00:00Z" };
    const bare = { userId: "d-1", event: "Song Played" };
    for (const call of [named, timed, bare]) {
      await post("/v1/track", { ...call, sentAt: new Date().toISOString() });
      await post("/v1/track", call);
    }
    // of the bare ones nobody can say that they are the same
    expect(await eventsOf("d-1")).toHaveLength(4);
  });
  test("of unknown kinds, or that are none, are refused with their place in the batch", async () => {
    const answer = await post("/v1/batch", {
      batch: [{ type: "tarck", userId: "d-2", event: "A" }, 7, { type: "track", userId: "d-2", event: "" }, null],
    });
    expect(answer.status).toBe(400);
    expect(answer.body.errors!.map(({ index, pointer }) => [index, pointer])).toEqual([
      [0, "/type"],
      [1, ""],
      [2, "/event"],
      [3, ""],
    ]);
    for (const body of [{}, { batch: "x" }, [], 7]) expect((await post("/v1/batch", body)).status).toBe(400);
    for (const text of ["a\u0000b", "\ud800"]) {
      const refused = await post("/v1/track", { userId: "d-2", event: "A", properties: { text } });
      expect(refused.body.errors).toMatchObject([{ pointer: "/properties/text" }]);
    }
    expect(await eventsOf("d-2")).toEqual([]);
  });
});

test("rules/events/ gives a name its meaning at every door", async () => {
  const data = { courseId: "brewing", number: "2", mood: "good" };
  const event = { specversion: "1.0", source: "/s", type: "Lesson Finished", subject: "r-1" };
  expect((await post("/v1/track", { userId: "r-1", event: "Lesson Finished", properties: data })).status).toBe(200);
  expect((await post("/v1/events", { ...event, id: "r1", data })).status).toBe(202);
  const tracked = await post("/v1/track", { userId: "r-1", event: "Lesson Finished", properties: { number: "x" } });
  expect(tracked.body.errors!.map((error) => error.pointer)).toEqual(["/properties/course", "/properties/number"]);
  const posted = await post(
    "/v1/events",
    { ...event, id: "r2", data: { courseId: 7 } },
    { "accept-language": "zh-CN" },
  );
  expect(posted.body.errors).toEqual([{ pointer: "/data/courseId", detail: "必须是文本" }]);
  const stored = await eventsOf("r-1");
  expect(stored.map(({ type, data: kept }) => ({ type, data: kept }))).toEqual(
    Array.from({ length: 2 }, () => ({ type: "lesson.done", data: { ...data, course: "brewing", lesson: 2 } })),
  );
});
