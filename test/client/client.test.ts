import { afterEach, describe, expect, expectTypeOf, test } from "vitest";
import { type ClientOptions, openClient } from "../../src/client/client.ts";
import { type Asked, type OtherSide, otherSide, type Reply } from "./other-side.ts";

const open: OtherSide[] = [];
afterEach(async () => {
  for (const side of open.splice(0)) await side.down().catch(() => undefined);
});

async function setUp(answer: (asked: Asked, nth: number) => Reply | Promise<Reply>, more: Partial<ClientOptions> = {}) {
  const side = await otherSide(answer);
  open.push(side);
  const patience = { firstMs: 1, longestMs: 10, retries: 3 };
  return { side, client: openClient({ url: `${side.url}/`, key: "rk_test", patience, ...more }) };
}
const path = { run: "winback-30-1" };
const busy: Reply = { status: 503, body: { detail: "not now" } };

describe("the typed client", { timeout: 300_000 }, () => {
  test("knows each address: what it takes and what it answers", async () => {
    const { client, side } = await setUp(() => ({ status: 200, body: { items: [], next: null } }));
    const page = await client.get("/v1/runs", { query: { limit: 5, status: "running" } });
    expectTypeOf<(typeof page.items)[number]["converted"]>().toEqualTypeOf<number>();
    expectTypeOf(page.next).toEqualTypeOf<string | null>();
    // @ts-expect-error there is no such address
    await client.get("/v1/nothing");
    // @ts-expect-error it needs to know which
    await client.get("/v1/runs/{run}").catch(() => undefined);
    // @ts-expect-error it is no list
    client.list("/v1/runs/{run}", { path });
    await client.get("/v1/events/{source}/{id}", { path: { source: "https://a/?b", id: "茶 1" } });
    expect(side.asked[0]!.path).toBe("/v1/runs?limit=5&status=running");
    expect(side.asked.at(-1)!.path).toBe("/v1/events/https%3A%2F%2Fa%2F%3Fb/%E8%8C%B6%201");
  });

  test("asks again what may be asked twice: reads, replacements, and POSTs under one and the same key", async () => {
    const replies: Reply[] = [busy, "cut", busy];
    const { client, side } = await setUp(() => replies.shift() ?? { status: 200, body: { ok: true } });
    const again = () => void replies.push(busy, "cut", { status: 500 });
    await client.get("/v1/runs/{run}", { path });
    again();
    await client.put("/v1/campaigns/{id}", { path: { id: "a" }, body: {} });
    again();
    await client.delete("/v1/subscriptions/{id}", { path: { id: "a" } });
    replies.push(busy, "cut", { status: 409, body: { type: "urn:rekindle:problem:under-way" } });
    await client.post("/v1/runs/{run}/pause", { path });
    expect(side.asked.map(({ method }) => method)).toEqual(
      ["GET", "PUT", "DELETE", "POST"].flatMap((m) => [m, m, m, m]),
    );
    const keys = side.asked.slice(12).map(({ headers }) => headers["idempotency-key"]);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[\da-f-]{36}$/);
    await client.post("/v1/runs/{run}/pause", { path, idempotencyKey: "mine" });
    expect(side.asked.at(-1)!.headers["idempotency-key"]).toBe("mine");
  });

  test("does not ask again for what was perhaps done and would be done twice, nor for what will not change", async () => {
    const replies: Reply[] = [];
    const { client, side } = await setUp(() => replies.shift() ?? { status: 201, body: { key: "rk_new" } });
    const make = () => client.post("/v1/keys", { body: { name: "shop", role: "backend" } });
    for (const [reply, status] of [
      [busy, 503],
      ["cut", 0],
    ] as const) {
      replies.push(reply);
      await expect(make()).rejects.toMatchObject({ status });
    }
    replies.push({ status: 429 });
    await make(); // turned away before anything was done
    expect(side.asked).toHaveLength(4);
    for (const status of [400, 401, 403, 404, 409, 412, 422]) {
      replies.push({ status, body: { detail: "no", errors: [{ pointer: "/a", detail: "is wrong" }] } });
      await expect(client.get("/v1/runs/{run}", { path })).rejects.toMatchObject({
        ...{ name: "ClientError", status, message: "no: /a is wrong" },
        problem: { errors: [{ pointer: "/a" }] },
      });
    }
    expect(side.asked).toHaveLength(11);
  });

  test("goes through a list page by page, asking for the next one when it is needed", async () => {
    const pages = [
      { items: [1, 2], next: "two" },
      { items: [3, 4], next: "three" },
      { items: [5], next: null },
    ];
    const { client, side } = await setUp((_, nth) => ({ status: 200, body: pages[nth - 1] }));
    const seen: unknown[] = [];
    for await (const task of client.list("/v1/tasks", { query: { team: "sales" } })) {
      seen.push(task);
      if (seen.length === 4) expect(side.asked).toHaveLength(2);
    }
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(side.asked.map((one) => one.path)).toEqual([
      "/v1/tasks?team=sales",
      "/v1/tasks?team=sales&after=two",
      "/v1/tasks?team=sales&after=three",
    ]);
  });

  test("gives up when it is told to, and a try that takes too long counts as no answer", async () => {
    const never = new Promise<Reply>(() => undefined);
    const { client, side } = await setUp(() => never, { timeoutMs: 50, patience: { retries: 1, firstMs: 1 } });
    await expect(client.get("/v1/runs")).rejects.toMatchObject({ status: 0, message: "no answer within 50 ms" });
    expect(side.asked).toHaveLength(2);
    const slow = await setUp(() => never);
    await expect(slow.client.get("/v1/runs", { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
      name: "TimeoutError",
    });
    const later = await setUp(() => ({ status: 503, headers: { "retry-after": "100" } }));
    await expect(later.client.get("/v1/runs", { signal: AbortSignal.timeout(300) })).rejects.toMatchObject({
      name: "TimeoutError",
    });
  });

  test("says with which version it worked: ETag, If-Match, 304", async () => {
    const { client, side } = await setUp(({ method }) =>
      method === "GET"
        ? { status: 304, headers: { etag: '"a"' } }
        : { status: 200, body: {}, headers: { etag: '"b"' } },
    );
    const options = { path: { id: "a" }, headers: { "If-None-Match": '"a"' } };
    expect(await client.request("GET", "/v1/campaigns/{id}", options)).toMatchObject({
      status: 304,
      answer: undefined,
    });
    const put = await client.request("PUT", "/v1/campaigns/{id}", {
      path: { id: "a" },
      body: {},
      headers: { "If-Match": '"a"' },
    });
    expect(put.headers.get("etag")).toBe('"b"');
    expect(side.asked[1]!.headers["if-match"]).toBe('"a"');
  });
});
