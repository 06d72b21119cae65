import { sql } from "kysely";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  deadNotices,
  findSubscription,
  pauseTelling,
  resumeTelling,
  retryNotices,
  rotateSecret,
  unsubscribe,
} from "../../src/operate/subscription.ts";
import { setClock } from "../../src/store/clock.ts";
import { testSchema } from "../support/schema.ts";
import {
  type Answer,
  expectedSignature,
  type Received,
  SECRET,
  subscribed,
  subscriber,
  telling,
} from "./subscriber.ts";
import { configFor, START, until, world, type World } from "./world.ts";

const own = await testSchema();
const { db, schema } = own;
const config = configFor(schema, { webhookPrivateHosts: ["127.0.0.1"], secret: SECRET });
const open: (() => unknown)[] = [];
let nth = 0;
let people: World;
beforeAll(async () => {
  people = await world(db, 1);
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** Somebody who is told of points, and as many points as asked for: n in the order in which they were given. */
async function setUp(points: number, answer?: (got: Received, nth: number) => Answer | Promise<Answer>, batch = 1) {
  const id = `s${(nth += 1)}`;
  const other = await subscriber(answer);
  const secret = await subscribed(own, id, other.url, ["points.granted"], batch);
  open.push(
    () => other.close(),
    () => unsubscribe(db, id),
  );
  await give(points);
  return { id, secret, ...other };
}

async function give(points: number) {
  await sql`
    insert into points (enrolment, key, customer, points, at)
    select ${people.enrolments[0]}, ${`${nth}-${Math.random()}-`} || lpad(n::text, 6, '0'), ${people.customers[0]}, n, ${START}
    from generate_series(1, ${points}::int) n`.execute(db);
}

function tell(more: Parameters<typeof telling>[1] = {}) {
  const lane = telling(own, more);
  open.push(() => lane.stop());
  return lane;
}
const WAIT = 90_000;
const order = ({ taken }: { taken: { data: Record<string, unknown> }[] }) => taken.map(({ data }) => data.points);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

describe("a subscriber", { timeout: 600_000 }, () => {
  test("is told each event once, in order, signed, as CloudEvents", async () => {
    const other = await setUp(25);
    const { errors } = tell();
    await until(() => other.taken.length === 25, WAIT);
    expect(order(other)).toEqual(upTo(25));
    expect(other.taken[0]).toMatchObject({
      specversion: "1.0",
      source: `urn:rekindle:${schema}`,
      type: "points.granted",
      subject: `${people.run}-1`,
      data: { points: 1, campaign: "spring", run: people.run, enrolment: 0 },
    });
    const [first] = other.requests;
    expect(first!.headers).toMatchObject({
      "content-type": "application/cloudevents+json",
      "webhook-id": other.taken[0]!.id,
      "webhook-signature": expectedSignature(other.secret, first!),
    });
    await until(async () => (await findSubscription(db, other.id)).told === 25, WAIT);
    expect(await findSubscription(db, other.id)).toMatchObject({ pending: 0, dead: 0, failingSince: null });
    expect(errors).toEqual([]);
  });

  test("who is busy, hangs or cuts the line is told again under the same id, and nothing is lost or overtaken", async () => {
    const bad: Answer[] = [503, "cut", "nothing", 429, 500, "cut"];
    const other = await setUp(30, (_, request) => (request % 4 === 0 ? (bad.shift() ?? 200) : 200));
    tell({ timeoutMs: 3_000 });
    await until(() => other.taken.length >= 30, WAIT);
    expect(order(other)).toEqual(upTo(30));
    // on a busy machine also others may take longer than is waited for
    expect(other.requests.length).toBeGreaterThanOrEqual(36);
    const ids = new Map(other.requests.map(({ events }) => [events[0]!.data.points, events[0]!.id]));
    for (const { headers, events } of other.requests) {
      expect([headers["webhook-id"], events[0]!.id]).toEqual([ids.get(events[0]!.data.points), headers["webhook-id"]]);
    }
  });

  test("who refuses one is told the others; the refused one is on the dead list and can be offered again", async () => {
    let broken = true;
    const other = await setUp(5, ({ events }) => (broken && events[0]!.data.points === 2 ? 422 : 200));
    tell();
    await until(() => other.taken.length === 4, WAIT);
    expect(order(other)).toEqual([1, 3, 4, 5]);
    await until(async () => (await deadNotices(db, other.id, { limit: 10 })).length === 1, WAIT);
    const [dead] = await deadNotices(db, other.id, { limit: 10 });
    expect(dead).toMatchObject({ type: "points.granted", attempts: 1, reason: "http-422", httpStatus: 422 });
    expect(dead!.data).toMatchObject({ points: 2 });
    broken = false;
    expect(await retryNotices(db, other.id, [dead!.id])).toBe(1);
    await until(() => other.taken.length === 5, WAIT);
    expect(other.taken[4]!.id).toBe(dead!.id);
    expect(await deadNotices(db, other.id, { limit: 10 })).toEqual([]);
  });

  test("who stumbles over one event again and again gets those behind it meanwhile", async () => {
    let broken = true;
    const other = await setUp(6, ({ events }) => (broken && events[0]!.data.points === 3 ? 503 : 200));
    tell();
    await until(() => other.taken.length === 5, WAIT);
    expect(order(other)).toEqual([1, 2, 4, 5, 6]);
    broken = false;
    await until(() => other.taken.length === 6, WAIT);
    expect(order(other)).toEqual([1, 2, 4, 5, 6, 3]);
  });

  test("who fails for too long is paused and says so; on resuming it gets all there is", async () => {
    let away = true;
    const other = await setUp(4, () => (away ? 503 : 200));
    const { paused } = tell({ patienceMs: 200 });
    await until(() => paused.length > 0, WAIT);
    expect(paused).toEqual([[other.id, "unreachable"]]);
    expect(await findSubscription(db, other.id)).toMatchObject({
      status: "paused",
      reason: "unreachable",
      trouble: "http-503",
    });
    const requests = other.requests.length;
    await give(1);
    away = false;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(other.requests.length).toBe(requests);
    await resumeTelling(db, other.id);
    await retryNotices(db, other.id);
    await until(() => other.taken.length === 5, WAIT);
    expect(order(other).map(String).sort()).toEqual(["1", "1", "2", "3", "4"]);
    await until(async () => (await findSubscription(db, other.id)).told === 5, WAIT);
    expect(await findSubscription(db, other.id)).toMatchObject({ status: "active", reason: null, failingSince: null });
  });

  test.each([
    ["gone", 410, 1],
    ["refused", 401, 10],
  ] as const)("that is %s (%i) is paused after %i, and the rest is kept", async (reason, status, requests) => {
    const other = await setUp(15, () => status);
    const { paused } = tell();
    await until(() => paused.length > 0, WAIT);
    expect(paused).toEqual([[other.id, reason]]);
    expect(other.requests.length).toBe(requests);
    expect(await findSubscription(db, other.id)).toMatchObject({ dead: requests, pending: 15 - requests, reason });
  });

  test("who is slow keeps nobody else waiting", async () => {
    const slow = await setUp(3, () => "nothing");
    const fast = await setUp(20);
    tell({ timeoutMs: 80_000 });
    await until(() => fast.taken.length === 20, WAIT);
    expect(slow.taken).toEqual([]);
    await until(() => slow.requests.length > 0, WAIT);
    slow.close(); // so that the lane need not wait for it
  });

  test("may take many at once; what is refused is found among them", async () => {
    const other = await setUp(50, ({ events }) => (events.some(({ data }) => data.points === 12) ? 400 : 200), 20);
    tell();
    await until(() => other.taken.length === 49, WAIT);
    expect(order(other)).toEqual(upTo(50).filter((n) => n !== 12));
    expect(other.requests[0]!.headers["content-type"]).toBe("application/cloudevents-batch+json");
    expect(other.requests[0]!.events).toHaveLength(20);
    await until(async () => (await findSubscription(db, other.id)).dead === 1, WAIT);
  });

  test("hears nothing while it is paused, and everything afterwards", async () => {
    const other = await setUp(0);
    await pauseTelling(db, other.id);
    tell();
    await give(3);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(other.requests).toEqual([]);
    expect(await findSubscription(db, other.id)).toMatchObject({ status: "paused", reason: "by hand", pending: 3 });
    await resumeTelling(db, other.id);
    await until(() => other.taken.length === 3, WAIT);
  });

  test("knows old and new secret by two signatures while both are good, then only the new one", async () => {
    const other = await setUp(1);
    const renewed = await rotateSecret(db, config, other.id, 1);
    tell();
    await until(() => other.taken.length === 1, WAIT);
    const both = other.requests[0]!;
    expect(both.headers["webhook-signature"]).toBe(
      `${expectedSignature(renewed, both)} ${expectedSignature(other.secret, both)}`,
    );
    const last = await rotateSecret(db, config, other.id, 0);
    // one that is being served has its secrets in hand
    await until(async () => {
      const { rows } = await sql`select from subscriptions where id = ${other.id} and claimed_by is null`.execute(db);
      return rows.length === 1;
    }, WAIT);
    await give(1);
    await until(() => other.taken.length === 2, WAIT);
    const one = other.requests[1]!;
    expect(one.headers["webhook-signature"]).toBe(expectedSignature(last, one));
    const { rows } = await sql<{ row: string }>`select s::text as row from subscriptions s`.execute(db);
    for (const { row } of rows) expect(row).not.toContain(last.slice(6));
  });

  test("whose secret was sealed with another REKINDLE_SECRET is paused, and nothing leaves unsigned", async () => {
    const other = await setUp(1);
    const { paused } = tell({ secret: "not the one it was sealed with" });
    await until(() => paused.length > 0, WAIT);
    expect(paused).toEqual([[other.id, "secret-unreadable"]]);
    expect(other.requests).toEqual([]);
  });

  test("hears nothing on a demo clock", async () => {
    const other = await setUp(1);
    await setClock(db, START, 0);
    const lane = tell();
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect([other.requests, lane.errors]).toEqual([[], []]);
    await setClock(db, START, 1);
    await until(() => other.taken.length === 1, WAIT);
  });
});
