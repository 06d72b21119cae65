import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Reaction } from "../../src/intake/reaction.ts";
import { createApiKey } from "../../src/store/api-key.ts";
import { setClock } from "../../src/store/clock.ts";
import { lookAtSegment } from "../../src/store/membership.ts";
import { saveScheduled } from "../../src/store/segment-watch.ts";
import { standing } from "../intake/standing.ts";
import { enrol, openChallenge, openWait, program, rule } from "../intake/world.ts";
import { testSchema } from "../support/schema.ts";
import { allRows } from "../support/tables.ts";
import { HOME, type Serving, serveTest } from "./serving.ts";

const schema = await testSchema();
const { db } = schema;
const START = new Date("2026-04-01T02:00:00Z");
let serving: Serving;
let key: string;
let run: string;
beforeAll(async () => {
  await setClock(db, START, 0);
  serving = await serveTest(schema);
  key = await createApiKey(db, "shop", "backend", START);
  await lookAtSegment(db, "buyers", {
    rule: rule({ ">=": [{ var: "orders.count" }, 1] }),
    homeZone: HOME.timezone,
  });
  await saveScheduled(db, ["buyers"]);
  ({ run } = await standing(db, "carts", {
    event: { type: "cart.updated", where: { ">=": [{ var: "event.amount" }, 100] } },
  }));
});
afterAll(() => serving.stop());

let ids = 0;
const posted = (type: string, subject: string, data: Record<string, unknown> = {}, more = {}) => ({
  ...{ specversion: "1.0", id: `x${++ids}`, source: "/shop", type, subject, data, time: START.toISOString() },
  ...more,
});

interface Tried {
  dryRun?: boolean;
  events: { id: string; status: string; reaction: Reaction | null; says: string[] }[];
  errors?: { index?: number; pointer: string }[];
}
async function tryOut(body: unknown, headers: Record<string, string> = {}): Promise<{ status: number; body: Tried }> {
  const response = await fetch(`${serving.server.url}/v1/events?dryRun=1`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Tried };
}

test("says what events would do, in their order, and leaves every table as it was", async () => {
  const goal = { convert: { event: "order.paid", within: { days: 91, minutes: 0 } }, onConvert: { mode: "continue" } };
  const { members } = await enrol(
    db,
    program(
      { order: { kind: "waitFor", id: "order", event: "order.paid", since: "step", within: { days: 7, minutes: 0 } } },
      { goal: { ...goal, targets: [], watch: [] } as never },
    ),
    ["A"],
  );
  await openWait(db, members[0]!, "order", "order.paid");
  await openChallenge(db, members[0]!, 20544);
  const before = await allRows(db, ["api_keys"]);
  const { status, body } = await tryOut([
    posted("order.paid", "A", { order_id: "o1", amount: 120 }),
    posted("check_in", "A"),
    posted("cart.updated", "new", { amount: 150 }),
    posted("order.refunded", "A", { order_id: "o1" }),
    { specversion: "1.0" },
  ]);
  expect(status).toBe(200);
  expect(body.dryRun).toBe(true);
  const { enrolment } = members[0]!;
  expect(body.events.map(({ status, reaction }) => ({ status, reaction }))).toMatchObject([
    {
      status: "accepted",
      reaction: { order: "stored", met: [{ enrolment, step: "order" }] },
    },
    { status: "accepted", reaction: { checkIns: [{ enrolment, day: 1, result: "counted", count: 1 }] } },
    { status: "accepted", reaction: { customer: "created", joined: [{ run }] } },
    { status: "accepted", reaction: { order: "refunded" } },
  ]);
  expect(body.errors?.[0]).toMatchObject({ index: 4 });
  expect(body.events.map((event) => event.says.length)).not.toContain(0);
  expect(await allRows(db, ["api_keys"])).toEqual(before);
  const single = await tryOut(posted("order.paid", "A", { order_id: "o2", amount: 120 }));
  expect(single.body.events[0]!.reaction).toMatchObject({ converted: [enrolment], entered: ["buyers"] });
  expect(await allRows(db, ["api_keys"])).toEqual(before);
});

test("what is here already says what it did; the same event twice is once", async () => {
  const known = posted("order.paid", "B", { order_id: "o3", amount: 5 });
  await serving.send(known);
  await expect
    .poll(
      async () =>
        (await sql`select 1 from events where event_id = ${known.id} and reacted_at is not null`.execute(db)).rows,
      { timeout: 300_000 },
    )
    .toHaveLength(1);
  const fresh = posted("page.viewed", "B");
  const { body } = await tryOut([known, fresh, fresh]);
  expect(body.events.map(({ status }) => status)).toEqual(["duplicate", "accepted", "duplicate"]);
  expect(body.events[0]!.reaction).toMatchObject({ order: "stored" });
  expect(body.events[1]!.says).toEqual(["it is kept and counts in rules; nothing waited for it"]);
});

test("an event whose data fails only when it is worked with is told from the others, in the asker's language", async () => {
  await sql`create function fail() returns trigger language plpgsql as $$ begin
    if new.order_id = 'boom' then raise exception using errcode = '22000'; end if; return new; end $$`.execute(db);
  await sql`create trigger fail before insert on orders for each row execute function fail()`.execute(db);
  const { status, body } = await tryOut(
    [
      posted("order.paid", "C", { order_id: "fine", amount: 1 }),
      posted("order.paid", "C", { order_id: "boom", amount: 1 }),
      posted("order.paid", "C", { order_id: "good", amount: 1 }),
    ],
    { "accept-language": "zh-CN" },
  );
  expect(status).toBe(200);
  expect(body.events.map(({ reaction }) => reaction?.error ?? reaction?.order)).toEqual([
    "stored",
    "sql-22000",
    "stored",
  ]);
  expect(body.events[2]!.says).toContain("订单已保存");
});

test("does not wait for long for whom somebody else holds, nor takes everything, nor a browser's key", async () => {
  await sql`insert into customers (customer_id, created_at) values ('held', ${START})`.execute(db);
  await db.transaction().execute(async (tx) => {
    await sql`select from customers where customer_id = 'held' for update`.execute(tx);
    expect((await tryOut(posted("seen", "held"))).status).toBe(503);
  });
  expect((await tryOut(posted("seen", "held"))).status).toBe(200);
  expect((await tryOut(Array.from({ length: 101 }, () => posted("seen", "held")))).status).toBe(413);
  expect((await tryOut(posted("seen", "held", {}, { time: "2027-01-01T00:00:00Z" }))).status).toBe(400);
  await sql`update api_keys set public = true where name = 'shop'`.execute(db);
  await expect.poll(async () => (await tryOut(posted("seen", "held"))).status, { timeout: 90_000 }).toBe(403);
});
