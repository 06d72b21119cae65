import { afterEach, describe, expect, test } from "vitest";
import { type GivenUp, openClient } from "../../src/client/client.ts";
import type { EventOptions } from "../../src/client/events.ts";
import { eventStore, type OtherSide, otherSide, type Asked, type Reply } from "./other-side.ts";

const open: OtherSide[] = [];
afterEach(async () => {
  for (const side of open.splice(0)) await side.down().catch(() => undefined);
});

const QUICK = { firstMs: 5, longestMs: 40, retries: 200 };

async function setUp(answer: (asked: Asked, nth: number) => Reply | Promise<Reply>, more: EventOptions = {}) {
  const side = await otherSide(answer);
  open.push(side);
  const given: GivenUp[] = [];
  const client = openClient({
    url: side.url,
    key: "rk_test",
    events: { source: "/shop", patience: QUICK, onError: (one) => given.push(one), ...more },
  });
  return { client, side, given };
}
const seen = (n: number) => ({ id: `e${n}`, type: "seen", subject: "C1", data: { n } });
const sizes = ({ asked }: OtherSide) => asked.map(({ body }) => (body as unknown[]).length);

describe("events", { timeout: 300_000 }, () => {
  test("go in batches, in the order in which they were sent, each answered for itself", async () => {
    const store = eventStore();
    const { client, side } = await setUp(store.take, { size: 100 });
    const sent = await Promise.all(Array.from({ length: 450 }, (_, n) => client.events.send(seen(n))));
    expect(sent).toEqual(sent.map((_, n) => ({ source: "/shop", id: `e${n}`, status: "accepted" })));
    expect(sizes(side)).toEqual([100, 100, 100, 100, 50]);
    expect([...store.stored.values()].map(({ id }) => id)).toEqual(sent.map(({ id }) => id));
    expect(side.asked[0]!.headers).toMatchObject({
      authorization: "Bearer rk_test",
      "content-type": "application/cloudevents-batch+json",
    });
  });

  test("of many bytes go in smaller batches; a batch that is still too large for the server is halved", async () => {
    const store = eventStore();
    const most = (asked: Asked) => (JSON.stringify(asked.body).length > 3_000 ? { status: 413 } : store.take(asked));
    const { client, side } = await setUp(most, { bytes: 10_000 });
    const long = "茶".repeat(300);
    await Promise.all(Array.from({ length: 30 }, (_, n) => client.events.send({ ...seen(n), data: { long } })));
    for (const { body } of side.asked) expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(10_000);
    expect([...store.stored.values()].map(({ id }) => id)).toEqual(Array.from({ length: 30 }, (_, n) => `e${n}`));
  });

  test("are stored once each although the server is busy, cuts the line before or after storing, and is restarted", async () => {
    const store = eventStore();
    const { client, side, given } = await setUp(
      (asked, nth) => {
        if (nth <= 3) return { status: 503, headers: { "retry-after": "0.01" } };
        if (nth % 5 === 0) return "cut";
        const taken = store.take(asked);
        return nth % 7 === 0 ? "cut" : taken; // it was stored, and nobody hears of it
      },
      { size: 20 },
    );
    const sending = [];
    for (let n = 0; n < 1_000; n++) {
      sending.push(client.events.send(seen(n)));
      if (n % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      if (n === 400 || n === 700) {
        await side.down();
        await new Promise((resolve) => setTimeout(resolve, 60));
        await side.up();
      }
    }
    const sent = await Promise.all(sending);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1_000);
    expect([...store.stored.values()].map(({ id }) => id)).toEqual(Array.from({ length: 1_000 }, (_, n) => `e${n}`));
    expect(sent.some(({ status }) => status === "duplicate")).toBe(true);
    expect(given).toEqual([]);
  });

  test("that are refused are named, and the others of their batch are durable", async () => {
    const store = eventStore();
    const { client, given } = await setUp((asked) => {
      const events = asked.body as { data: { n: number } }[];
      const errors = events.flatMap(({ data }, index) =>
        data.n % 3 === 0 ? [{ index, pointer: "/type", detail: "is wrong" }] : [],
      );
      if (errors.length === events.length) return { status: 400, body: { detail: "no event was stored", errors } };
      const good = store.take({ ...asked, body: events.filter(({ data }) => data.n % 3 !== 0) }) as { body: object };
      return { status: 202, body: { ...good.body, errors } };
    });
    const settled = await Promise.allSettled([1, 2, 3, 4, 5, 6].map((n) => client.events.send(seen(n))));
    expect(settled.map(({ status }) => status === "fulfilled")).toEqual([true, true, false, true, true, false]);
    await expect(client.events.send(seen(9))).rejects.toMatchObject({
      status: 400,
      message: "the event was refused: /type is wrong",
    });
    expect(given.map(({ event }) => event.id)).toEqual(["e3", "e6", "e9"]);
  });

  test.each([401, 403, 422])("are not sent again when the answer is %i, and given up with it", async (status) => {
    const { client, side, given } = await setUp(() => ({ status, body: { detail: "no" } }));
    void client.events.send(seen(1)); // that nobody waits for it is no unhandled rejection
    await client.events.flush();
    await expect.poll(() => given.length).toBe(1);
    expect(given[0]).toMatchObject({ event: { id: "e1", source: "/shop" }, error: { status, message: "no" } });
    expect(side.asked).toHaveLength(1);
  });

  test("are given up after so many tries; Retry-After is waited for", async () => {
    const { client, side, given } = await setUp(() => ({ status: 429, headers: { "retry-after": "0.3" } }), {
      patience: { firstMs: 1, retries: 2 },
    });
    const began = performance.now();
    await expect(client.events.send(seen(1))).rejects.toMatchObject({ status: 429 });
    expect(performance.now() - began).toBeGreaterThanOrEqual(590);
    expect(side.asked).toHaveLength(3);
    expect(given).toHaveLength(1);
  });

  test("beyond what may wait are given up at once; the waiting ones are sent", async () => {
    const store = eventStore();
    const { client, given } = await setUp(store.take, { waiting: 10 });
    const settled = await Promise.allSettled(Array.from({ length: 12 }, (_, n) => client.events.send(seen(n))));
    expect(settled.filter(({ status }) => status === "rejected")).toHaveLength(2);
    expect(given.map(({ event }) => event.id)).toEqual(["e10", "e11"]);
    expect(store.stored.size).toBe(10);
  });

  test("wait for company no longer than told; flush and close send them now; a closed client takes none", async () => {
    const store = eventStore();
    const { client } = await setUp(store.take, { lingerMs: 3_600_000 });
    void client.events.send(seen(1));
    await client.events.flush();
    expect(store.stored.size).toBe(1);
    void client.events.send(seen(2));
    await client.close();
    expect(store.stored.size).toBe(2);
    await expect(client.events.send(seen(3))).rejects.toMatchObject({ status: 0, message: "the client is closed" });
  });

  test("without an id get one of their own, which stays when they are sent again, and the time at which they were sent", async () => {
    const store = eventStore();
    const { client, side } = await setUp((asked, nth) => (nth === 1 ? { status: 500 } : store.take(asked)));
    const before = Date.now();
    const sent = await client.events.send({ type: "seen", subject: "C1" });
    const [first, second] = side.asked.map(({ body }) => (body as { id: string; time: string }[])[0]!);
    expect(second).toEqual(first);
    expect(sent.id).toBe(first!.id);
    expect(Date.parse(first!.time)).toBeGreaterThanOrEqual(before - 1);
  });
});
