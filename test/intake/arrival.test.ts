import fc from "../support/property.ts";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { reactToEvents } from "../../src/intake/react.ts";
import { insertEvents, type NewEvent } from "../../src/store/event.ts";
import { testSchema } from "../support/schema.ts";
import { all, enrol, happen, HOME, openChallenge, program, standStill, START } from "./world.ts";

const { db } = await testSchema();
const ZONE_DAY = 20544; // START's day in Shanghai
const journey = program(
  {
    "days/open": {
      ...{ kind: "challengeOpen", id: "days", event: "check_in", days: 30 },
      gifts: [
        { every: 1, points: 10 },
        { streak: 2, gift: "mug" },
      ],
    } as never,
  },
  {
    goal: {
      convert: { event: "order.paid", within: { days: 91, minutes: 0 } },
      onConvert: { mode: "continue" },
      targets: [],
      watch: [],
    },
    budget: [{ id: "gifts", planned: 1e9, items: [] }],
    gifts: { mug: { id: "mug", name: { en: "Mug", "zh-CN": "马克杯" }, unitCost: 1, stock: 1_000_000 } },
  },
);

/** What somebody does, before it is said in which order we hear of it. */
type Act =
  | { what: "order"; amount: number; back: number[]; cancelled: boolean }
  | { what: "check_in"; day: number }
  | { what: "complaint"; solved: boolean }
  | { what: "consent"; granted: boolean; at: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    what: fc.constant("order" as const),
    amount: fc.integer({ min: 1, max: 100 }),
    back: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 2 }),
    cancelled: fc.boolean(),
  }),
  fc.record({ what: fc.constant("check_in" as const), day: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ what: fc.constant("complaint" as const), solved: fc.boolean() }),
  fc.record({ what: fc.constant("consent" as const), granted: fc.boolean(), at: fc.integer({ min: 0, max: 1_000 }) }),
);

let ids = 0;
function eventsOf(acts: Act[], customerId: string): NewEvent[] {
  const made = (type: string, minute: number, data: Record<string, unknown>): NewEvent => ({
    ...{ source: "test", id: `a${++ids}`, type, customerId, data },
    occurredAt: new Date(START.getTime() + minute * 60_000),
  });
  return acts.flatMap((one, i): NewEvent[] => {
    const name = `${customerId}-${i}`;
    switch (one.what) {
      case "order":
        return [
          made("order.paid", i, { order_id: name, amount: one.amount }),
          ...one.back.map((amount) => made("order.refunded", i + 1, { order_id: name, amount })),
          ...(one.cancelled ? [made("order.cancelled", i + 2, { order_id: name })] : []),
        ];
      case "check_in":
        return [made("check_in", i, { day: one.day })];
      case "complaint":
        return [
          made("complaint.opened", i, { complaint_id: name }),
          ...(one.solved ? [made("complaint.solved", i + 1, { complaint_id: name })] : []),
        ];
      case "consent":
        // no two of them at the same moment, as then neither is the later one
        return [made("consent.changed", one.at * 100 + i, { channel: "email", granted: one.granted })];
    }
  });
}

/** Everything that we then know of a customer, without the names that tell customers apart. */
async function factsOf(customerId: string, enrolment: number): Promise<unknown> {
  const query = sql<Record<string, unknown>>`
    select
      (select jsonb_agg(jsonb_build_array(replace(order_id, ${customerId}, ''), amount, refunded, status) order by order_id)
        from orders where customer = c.id) as orders,
      (select to_jsonb(s) - 'customer' from customer_orders s where s.customer = c.id) as summary,
      (select jsonb_agg(day order by day) from check_ins where enrolment = ${enrolment}) as days,
      (select sum(points) from points where enrolment = ${enrolment}) as points,
      (select count(*) from gifts where enrolment = ${enrolment}) as gifts,
      (select jsonb_agg(jsonb_build_array(replace(id, ${customerId}, ''), status) order by id)
        from complaints where customer = c.id) as complaints,
      (select granted from consents where customer = c.id) as consent,
      exists (select from conversions where enrolment = ${enrolment}) as converted,
      (select spent from customer_orders s where s.customer = c.id) as spent
    from customers c where customer_id = ${customerId}`;
  const [facts] = await all(db, query);
  // the streak around the first day, as a check-in that comes once more is told
  const [said] = await happen(db, {
    ...{ source: "test", id: `a${++ids}`, type: "check_in", customerId, data: { day: 2 }, occurredAt: START },
  });
  const { count, streak } = (said!.checkIns as { count?: number; streak?: number }[])[0]!;
  return { ...facts, count, streak };
}

test(
  "in whatever order and in whatever batches events arrive, the facts are the same",
  { timeout: 600_000 },
  async () => {
    const orders = fc
      .array(act, { minLength: 1, maxLength: 8 })
      .chain((acts) => fc.tuple(fc.constant(acts), fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true }))));
    let nr = 0;
    await fc.assert(
      fc.asyncProperty(orders, async ([acts, stream]) => {
        await standStill(db, new Date(START.getTime() + 2 * 86_400_000));
        const [one, other] = [`p${++nr}`, `p${++nr}`];
        const { members } = await enrol(db, journey, [one, other], { goalUntil: "2100-01-01T00:00:00Z" });
        for (const member of members) await openChallenge(db, member, ZONE_DAY);
        await happen(db, ...eventsOf(acts, one));
        const shuffled = eventsOf(acts, other)
          .map((event) => ({ event, at: stream.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ event }) => event);
        while (shuffled.length > 0) {
          const size = 1 + Math.floor((stream.next().value as number) * shuffled.length);
          for (const event of shuffled.splice(0, size)) await insertEvents(db, [event]);
          await reactToEvents({ db, home: HOME, onStimuli: () => undefined });
        }
        expect(await factsOf(other, members[1]!.enrolment)).toEqual(await factsOf(one, members[0]!.enrolment));
      }),
      { numRuns: 40 },
    );
  },
);

test("however many react at once, each customer's events are reacted to in the order they were received", async () => {
  await sql`create table reacted (seq bigint generated always as identity, tx xid8 default pg_current_xact_id(), id bigint, customer_id text)`.execute(
    db,
  );
  await sql`create function note_reacted() returns trigger language plpgsql as $$ begin
    insert into reacted (id, customer_id) values (new.id, new.customer_id); return null; end $$`.execute(db);
  await sql`create trigger note_reacted after update on events for each row when (old.reacted_at is null and new.reacted_at is not null)
    execute function note_reacted()`.execute(db);
  const ROUNDS = 60;
  const CUSTOMERS = Array.from({ length: 12 }, (_, i) => `fifo-${i}`);
  let stored = 0;
  let done = false;
  const store = async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const events = CUSTOMERS.map((customerId) => ({
        ...{ source: "fifo", id: `${round}-${customerId}`, type: "seen", customerId, occurredAt: null, data: {} },
      }));
      await insertEvents(db, events);
      stored += events.length;
    }
    done = true;
  };
  const unreacted = async () => (await all(db, sql`select 1 from events where reacted_at is null limit 1`)).length > 0;
  const reactor = async () => {
    while (!done || (await unreacted()))
      await reactToEvents({ db, home: HOME, onStimuli: () => undefined }, undefined, 7);
  };
  await Promise.all([store(), reactor(), reactor(), reactor(), reactor()]);
  const rows = await all<{ customer_id: string; id: number; tx: string }>(
    db,
    sql`select customer_id, id, tx::text as tx from reacted order by seq`,
  );
  expect(rows).toHaveLength(stored);
  const highest = new Map<string, { tx: string; id: number; before: number }>();
  const early: number[] = [];
  for (const { customer_id, id, tx } of rows) {
    const last = highest.get(customer_id) ?? { tx: "", id: 0, before: 0 };
    // in one transaction they are worked through in order, though they may be marked in any
    const before = last.tx === tx ? last.before : last.id;
    if (id < before) early.push(id);
    highest.set(customer_id, { tx, id: Math.max(last.id, id), before });
  }
  expect(early).toEqual([]);
  expect(new Set(rows.map((row) => row.tx)).size).toBeGreaterThan(10);
});
