import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { replayEvents, type ReplayFilter } from "../../src/operate/event/replay.ts";
import type { Mapping } from "../../src/intake/type/mapping.ts";
import type { Vocabulary } from "../../src/intake/vocabulary.ts";
import { setClock } from "../../src/store/clock.ts";
import { insertEvents } from "../../src/store/event.ts";
import { lookAtSegment } from "../../src/store/membership.ts";
import { saveScheduled, saveTriggers } from "../../src/store/segment-watch.ts";
import { testSchema } from "../support/schema.ts";
import { allRows } from "../support/tables.ts";
import { standing } from "./standing.ts";
import { all, enrol, event, happen, HOME, openChallenge, openWait, program, rule, START } from "./world.ts";

const { db } = await testSchema();
const DAY_MS = 86_400_000;
const within = { days: 91, minutes: 0 };
beforeEach(() => setClock(db, START, 0));

let woken = 0;
const replay = async (filter: ReplayFilter, limit = 10_000) => {
  const { next: _, ...counts } = await replayEvents({ db, home: HOME, onStimuli: () => void (woken += 1) }, filter, {
    limit,
  });
  return counts;
};

const journey = program(
  {
    order: {
      ...{ kind: "waitFor", id: "order", event: "order.paid", since: "step", within: { days: 7, minutes: 0 } },
      where: rule({ ">=": [{ var: "event.amount" }, 40] }),
    },
    rsvp: { kind: "rsvp", id: "rsvp", within: { days: 7, minutes: 0 }, seats: 2 } as never,
    "days/open": {
      ...{ kind: "challengeOpen", id: "days", event: "check_in", days: 30 },
      gifts: [
        { every: 1, points: 10 },
        { streak: 2, gift: "mug" },
      ],
    } as never,
  },
  {
    goal: { convert: { event: "order.paid", within }, onConvert: { mode: "continue" }, targets: [], watch: [] },
    budget: [{ id: "gifts", planned: 1e9, items: [] }],
  },
);

test("replaying everything, twice, changes nothing in any table, however long ago it was", async () => {
  const watched = { buyers: { ">=": [{ var: "orders.count" }, 1] }, unhappy: { ">": [{ var: "complaints.open" }, 0] } };
  for (const [segment, json] of Object.entries(watched))
    await lookAtSegment(db, segment, { rule: rule(json), homeZone: HOME.timezone });
  await saveScheduled(db, Object.keys(watched));
  await saveTriggers(db, ["buyers"]);
  const { run } = await standing(
    db,
    "carts",
    { event: { type: "cart.updated", where: { ">=": [{ var: "event.amount" }, 100] }, enrolBy: "trigger.cart_id" } },
    { audience: { reentry: "PT1H" } },
  );
  const { members } = await enrol(db, journey, ["A", "B", "C", "D"], { holdout: ["D"] });
  for (const member of members.slice(0, 3)) {
    await openWait(db, member, "order", "order.paid");
    await openWait(db, member, "rsvp", "rsvp.answered", "rsvp");
    await openChallenge(db, member, 20544);
  }
  await sql`insert into events (source, event_id, customer_id, type, occurred_at, received_at, reacted_at, customer, data)
    select 'import', 'past', customer_id, 'order.paid', ${START}, ${START}, ${START}, id, '{"order_id": "past", "amount": 5}'
    from customers where customer_id = 'A'`.execute(db);
  await happen(
    db,
    event("order.refunded", "A", { order_id: "a2", amount: 5 }), // before its order
    event("order.paid", "A", { order_id: "a1", amount: 30 }),
    event("check_in", "A"),
    event("complaint.opened", "B", { complaint_id: "k1" }),
    event("complaint.solved", "C"),
    event("order.paid", "B", { order_id: "b1", amount: 80, items: [{ sku: "tea", qty: 2 }] }),
    event("cart.updated", "B", { cart_id: "k", amount: 150 }),
    event("consent.changed", "B", { channel: "email", granted: false }),
    event("rsvp.answered", "A", { answer: "yes" }),
    event("page.viewed", "E"),
    event("order.paid", "D", { order_id: "d1", amount: 10 }),
    event("cart.updated", "E", { amount: 150 }),
    event("order.refunded", "D", { order_id: "nobody's" }),
    event("order.paid", "C", { order_id: "d1", amount: 10 }),
  );
  await setClock(db, new Date(START.getTime() + DAY_MS), 0);
  await happen(
    db,
    event("order.paid", "A", { order_id: "a2", amount: 50 }),
    event("order.refunded", "A", { order_id: "a2", amount: 5 }),
    event("order.cancelled", "B", { order_id: "b1" }),
    event("check_in", "A"),
    event("complaint.solved", "B"),
    event("complaint.opened", "B", { complaint_id: "k2" }),
    event("consent.changed", "B", { channel: "email", granted: true }),
    event("rsvp.answered", "A", { answer: "no", enrolment: members[0]!.enrolment, step: "rsvp" }),
    event("order.refunded", "D", { order_id: "d1" }),
  );
  // long afterwards all of them would be let in again, and what was open then is open now
  await setClock(db, new Date(START.getTime() + 3 * DAY_MS), 0);
  const before = await allRows(db);
  expect(before.conversions!.length).toBeGreaterThan(0);
  expect(before.check_ins!).toHaveLength(2);
  expect((await all(db, sql`select 1 from enrolments where run = ${run}`)).length).toBe(1);
  const looked = before.events!.length;
  expect(await replay({ all: true })).toEqual({ looked, changed: 0, failed: 0 });
  expect(await replay({ all: true })).toEqual({ looked, changed: 0, failed: 0 });
  expect(await allRows(db)).toEqual(before);
  expect(woken).toBe(0);
});

test("an event that failed is reacted to whole once what was wrong is mended", async () => {
  const { members } = await enrol(db, journey, ["F"]);
  await openWait(db, members[0]!, "order", "order.paid");
  await sql`alter table orders add constraint trouble check (order_id <> 'f1')`.execute(db);
  const [failed] = await happen(db, event("order.paid", "F", { order_id: "f1", amount: 60 }));
  expect(failed).toEqual({ error: "sql-23514" });
  expect(await replay({ failed: true })).toEqual({ looked: 1, changed: 0, failed: 1 });
  await sql`alter table orders drop constraint trouble`.execute(db);
  woken = 0;
  expect(await replay({ failed: true, customer: "F" })).toEqual({ looked: 1, changed: 1, failed: 0 });
  const { enrolment } = members[0]!;
  const [row] = await all<{ reaction: object }>(db, sql`select reaction from events where customer_id = 'F'`);
  expect(row!.reaction).toMatchObject({ order: "stored", converted: [enrolment], met: [{ enrolment, step: "order" }] });
  expect(woken).toBe(1);
  expect(await replay({ failed: true })).toEqual({ looked: 0, changed: 0, failed: 0 });
  expect(await replay({ customer: "F" })).toEqual({ looked: 1, changed: 0, failed: 0 });
});

test("what a fixed import makes possible is recorded, once, and nothing that was decided is", async () => {
  const { members } = await enrol(db, journey, ["G", "H"]);
  await sql`insert into orders (order_id, customer, paid_at, amount, currency, source)
    select 'g1', id, ${START}, 6000, 'CNY', 'import' from customers where customer_id = 'H'`.execute(db);
  const did = await happen(
    db,
    event("order.paid", "G", { order_id: "g1", amount: 60 }),
    event("order.refunded", "G", { order_id: "g2", amount: 10 }),
    event("complaint.solved", "G", { complaint_id: "late" }),
  );
  expect(did).toEqual([{ order: "of-another-customer" }, { order: "unknown" }, { complaint: "unknown" }]);
  // a step that begins to wait now has looked back already
  await openWait(db, members[0]!, "order", "order.paid");
  // the file is mended and imported again
  await sql`update orders set customer = (select id from customers where customer_id = 'G') where order_id = 'g1'`.execute(
    db,
  );
  await sql`insert into orders (order_id, customer, paid_at, amount, currency, source)
    select 'g2', id, ${START}, 5000, 'CNY', 'import' from customers where customer_id = 'G'`.execute(db);
  expect(await replay({ customer: "G", from: START })).toEqual({ looked: 3, changed: 2, failed: 0 });
  const orders = sql`select order_id, refunded from orders where order_id in ('g1', 'g2') order by 1`;
  expect(await all(db, orders)).toEqual([
    { order_id: "g1", refunded: 0 },
    { order_id: "g2", refunded: 1000 },
  ]);
  const { enrolment } = members[0]!;
  const [row] = await all<{ reaction: object }>(
    db,
    sql`select reaction from events where data ->> 'order_id' = 'g1' and type = 'order.paid'`,
  );
  expect(row!.reaction).toEqual({ order: "known", converted: [enrolment], replayed: START.toISOString() });
  // the journey was told nothing: its wait is as it was
  expect(await all(db, sql`select status from waits where enrolment = ${enrolment} and step = 'order'`)).toEqual([
    { status: "open" },
  ]);
  const before = await allRows(db);
  expect(await replay({ customer: "G" })).toEqual({ looked: 3, changed: 0, failed: 0 });
  expect(await allRows(db)).toEqual(before);
});

test("what waits is reacted to, in parts, and nothing is replayed unless told which", async () => {
  await insertEvents(
    db,
    Array.from({ length: 5 }, (_, i) => event("order.paid", `W${i}`, { order_id: `w${i}`, amount: 1 })),
  );
  const options = { db, home: HOME, onStimuli: () => undefined };
  const first = await replayEvents(options, { unreacted: true }, { limit: 3 });
  expect(first).toMatchObject({ looked: 3, changed: 3 });
  const second = await replayEvents(options, { unreacted: true }, { limit: 3, after: first.next! });
  expect(second).toEqual({ looked: 2, changed: 2, failed: 0, next: null });
  await expect(replay({})).rejects.toThrow("say which events");
});

test("events under a name that is explained only now are read by it, and what they mean is recorded, once", async () => {
  const { members } = await enrol(db, journey, ["P", "Q"]);
  await openWait(db, members[0]!, "order", "order.paid");
  const paid = { trade: "p1", cents: 6000 };
  const did = await happen(
    db,
    event("PAYMENT", "P", paid),
    event("PAYMENT", "P", { trade: "p2", cents: "a lot" }),
    { ...event("PAYMENT", "Q", { trade: "q1", cents: 5 }), source: "public:web" },
    event("TROUBLE", "Q", { id: "q-trouble" }),
    event("HELLO", "Q", { email: "q@example.com" }),
  );
  expect(did).toEqual([{}, {}, {}, {}, {}]);
  const names = new Map<string, Mapping>([
    ["PAYMENT", { type: "order.paid", fields: { order_id: "/trade", amount: { at: "/cents", as: "major" } } }],
    ["TROUBLE", { type: "complaint.opened", fields: { complaint_id: "/id" } }],
    ["HELLO", { type: "customer.identified", fields: { contacts: { value: { email: "q@example.com" } } as never } }],
  ]);
  const vocabulary: Vocabulary = { currency: "CNY", names, checks: new Map(), traits: {} };
  const again = (filter: ReplayFilter) =>
    replayEvents({ db, home: HOME, vocabulary, onStimuli: () => undefined }, filter, { limit: 100 });
  expect(await again({ customer: "P" })).toMatchObject({ looked: 2, changed: 1, failed: 1 });
  expect(await again({ customer: "Q" })).toMatchObject({ looked: 3, changed: 1, failed: 0 });

  const rows = await all<{ was: string; type: string; data: object; reaction: object | null }>(
    db,
    sql`select coalesce(data ->> 'trade', data ->> 'id', data ->> 'email') collate "C" as was, type, data, reaction
      from events where customer_id in ('P', 'Q') order by 1`,
  );
  expect(rows.map(({ was, type }) => `${was} ${type}`)).toEqual([
    "p1 order.paid",
    "p2 PAYMENT",
    "q-trouble complaint.opened",
    "q1 PAYMENT",
    "q@example.com HELLO",
  ]);
  const { enrolment } = members[0]!;
  const replayed = START.toISOString();
  expect(rows[0]).toMatchObject({
    data: { ...paid, order_id: "p1", amount: "60.00" },
    reaction: { name: "PAYMENT", order: "stored", converted: [enrolment], replayed },
  });
  expect(rows[2]!.reaction).toMatchObject({ name: "TROUBLE", complaint: "opened", replayed });
  expect(await all(db, sql`select order_id, amount from orders where order_id in ('p1', 'p2', 'q1')`)).toEqual([
    { order_id: "p1", amount: 6000 },
  ]);
  // its wait had been decided without it
  expect(await all(db, sql`select status from waits where enrolment = ${enrolment} and step = 'order'`)).toEqual([
    { status: "open" },
  ]);
  const before = await allRows(db);
  expect(await again({ all: true })).toMatchObject({ changed: 0 });
  expect(await allRows(db)).toEqual(before);
});

test("what still waits is read by the rules of now and reacted to whole", async () => {
  const { members } = await enrol(db, journey, ["R"]);
  await openWait(db, members[0]!, "order", "order.paid");
  await insertEvents(db, [event("SOLD", "R", { order_id: "r1", amount: 60 })]);
  const names = new Map<string, Mapping>([["SOLD", { type: "order.paid", fields: {} }]]);
  const vocabulary: Vocabulary = { currency: "CNY", names, checks: new Map(), traits: {} };
  const options = { db, home: HOME, vocabulary, onStimuli: () => undefined };
  expect(await replayEvents(options, { unreacted: true }, { limit: 10 })).toMatchObject({ looked: 1, changed: 1 });
  const [row] = await all<{ reaction: object }>(db, sql`select reaction from events where customer_id = 'R'`);
  const { enrolment } = members[0]!;
  expect(row!.reaction).toMatchObject({ order: "stored", converted: [enrolment], met: [{ enrolment, step: "order" }] });
});
