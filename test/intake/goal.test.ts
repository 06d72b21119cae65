import { sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import { reactToEvents } from "../../src/intake/react.ts";
import { insertEvents } from "../../src/store/event.ts";
import type { Program, Rule, Step } from "../../src/campaign/program.ts";
import { testSchema } from "../support/schema.ts";
import { all, enrol, event, happen, HOME, openChallenge, openWait, program, rule, standStill } from "./world.ts";

const { db } = await testSchema();
const order = (customer: string, amount: number, at = "2026-04-03T00:00:00Z", id = `o-${Math.random()}`) =>
  event("order.paid", customer, { order_id: id, amount }, at);
const stimuliOf = (run: string) =>
  all(
    db,
    sql<{ member: number; body: { kind: string } }>`select member, body from stimuli where run = ${run} order by id`,
  );
let customers = 0;
let a: string;
beforeEach(async () => {
  await standStill(db, "2026-04-03T01:00:00Z");
  a = `c${++customers}`;
});

const waitFor: Step = {
  kind: "waitFor",
  id: "order",
  event: "order.paid",
  since: "step",
  within: { days: 7, minutes: 0 },
};
const goal = (onConvert: Program["goal"]["onConvert"], where?: Rule): Partial<Program> => ({
  goal: {
    convert: { event: "order.paid", within: { days: 91, minutes: 0 }, ...(where && { where }) },
    onConvert,
    targets: [],
    watch: [],
  },
});

describe("waits", () => {
  test("an event meets an open wait once, and says so to the workflow", async () => {
    const { run, members } = await enrol(db, program({ order: waitFor }), [a]);
    await openWait(db, members[0]!, "order", "order.paid");
    const [reaction] = await happen(db, order(a, 120), order(a, 130));
    expect(reaction).toMatchObject({
      order: "stored",
      met: [{ enrolment: members[0]!.enrolment, step: "order", occurrence: 1 }],
    });
    expect(await stimuliOf(run)).toEqual([
      {
        member: 0,
        body: { kind: "met", pc: 0, occurrence: 1, outcome: 6, at: Date.parse("2026-04-03T01:00:00Z") / 60_000 },
      },
    ]);
  });
  test("an event before `since`, after `until`, of another customer or another type meets nothing", async () => {
    const { run, members } = await enrol(db, program({ order: waitFor }), [a]);
    await openWait(db, members[0]!, "order", "order.paid", "event", "2026-04-02T00:00:00Z");
    await happen(
      db,
      order(a, 1, "2026-03-31T00:00:00Z"),
      order(a, 1, "2026-04-02T00:00:01Z"),
      order("else", 1),
      event("seen", a),
    );
    expect(await stimuliOf(run)).toEqual([]);
  });
  test("`where` asks the event in major units, and the customer with this very order counted", async () => {
    const where = rule({ and: [{ ">=": [{ var: "event.amount" }, 100] }, { ">=": [{ var: "orders.sum_30d" }, 150] }] });
    const { run, members } = await enrol(db, program({ order: { ...waitFor, where } }), [a]);
    await openWait(db, members[0]!, "order", "order.paid");
    await happen(db, order(a, 99.99), order(a, 100));
    expect(await stimuliOf(run)).toHaveLength(1);
    expect(
      await all(
        db,
        sql`select met_by - (select min(id) from events where customer_id = ${a}) as n from waits where customer = ${members[0]!.customer}`,
      ),
    ).toEqual([{ n: 1 }]);
  });
  test("two reactors at once meet a wait once", async () => {
    const names = Array.from({ length: 40 }, (_, i) => `${a}-${i}`);
    const { run, members } = await enrol(db, program({ order: waitFor }), names);
    for (const member of members) await openWait(db, member, "order", "order.paid");
    await insertEvents(
      db,
      names.flatMap((name) => [order(name, 10), order(name, 20), event("seen", name)]),
    );
    const options = { db, home: HOME, onStimuli: () => undefined };
    await Promise.all([reactToEvents(options), reactToEvents(options), reactToEvents(options)]);
    expect(await stimuliOf(run)).toHaveLength(40);
    expect(await all(db, sql`select count(*)::int as left from events where reacted_at is null`)).toEqual([
      { left: 0 },
    ]);
  });
});

describe("goal", () => {
  const steps: Record<string, Step> = {
    days: { kind: "waitFor", id: "days", event: "seen", since: "step", within: { days: 1, minutes: 0 } },
    order: waitFor,
    survey: { ...waitFor, id: "survey" },
  };
  test("goto: acts before that event's own waits, drops threads, withholds promotions, gives coupons back", async () => {
    const { run, members } = await enrol(db, program(steps, goal({ mode: "goto", pc: 2, root: 2 })), [a]);
    const { enrolment, customer } = members[0]!;
    await openWait(db, members[0]!, "order", "order.paid");
    await openChallenge(db, members[0]!, 20545);
    await sql`insert into tasks (id, run, kind, enrolment, customer, title, team, created_at)
      values (${`${run}/call`}, ${run}, 'call', ${enrolment}, ${customer}, 't', 'sales', now())`.execute(db);
    await sql`insert into contacts (customer, kind, value, created_at) values (${customer}, 'email', 'a@shop.example', now())`.execute(
      db,
    );
    await sql`insert into coupon_pools (id, reserved, capacity) values (${run}, 1, 10)`.execute(db);
    await sql`insert into coupons (code, pool, enrolment, step, occurrence, customer, reserved_at, expires_at)
      values (${`WB-${run}`}, ${run}, ${enrolment}, 'offer', 1, ${customer}, now(), now())`.execute(db);
    for (const [step, kind, status] of [
      ["offer", "promotion", "pending"],
      ["last", "promotion", "accepted"],
      ["thanks", "service", "pending"],
    ]) {
      await sql`insert into messages (id, enrolment, customer, run, step, occurrence, channel, contact, template, kind, topic, locale, epoch, status, not_before, created_at)
        select ${`${run}-${step}`}, ${enrolment}, ${customer}, ${run}, ${step}, 1, 'email', id, 't', ${kind}, 'promotion', 'en', 0, ${status}, now(), now()
        from contacts where customer = ${customer}`.execute(db);
    }
    const [reaction] = await happen(
      db,
      order(a, 120.5, undefined, `${a}-1`),
      event("check_in", a, {}, "2026-04-03T00:30:00Z"),
    );
    expect(reaction).toMatchObject({ converted: [enrolment] });
    expect(reaction).not.toHaveProperty("met");
    expect(await stimuliOf(run)).toEqual([
      { member: 0, body: expect.objectContaining({ kind: "convert", epoch: 1, pc: 2 }) },
    ]);
    expect(await all(db, sql`select epoch, position, status from enrolments where id = ${enrolment}`)).toEqual([
      { epoch: 1, position: 2, status: "live" },
    ]);
    expect(await all(db, sql`select order_id, amount from conversions where enrolment = ${enrolment}`)).toEqual([
      { order_id: `${a}-1`, amount: 12050 },
    ]);
    expect(await all(db, sql`select step, status from waits where enrolment = ${enrolment} order by step`)).toEqual([
      { step: "goal", status: "met" },
      { step: "order", status: "dropped" },
    ]);
    expect(
      await all(db, sql`select step, status, reason from messages where enrolment = ${enrolment} order by step`),
    ).toEqual([
      { step: "last", status: "accepted", reason: null },
      { step: "offer", status: "withheld", reason: "superseded" },
      { step: "thanks", status: "pending", reason: null },
    ]);
    expect(
      await all(
        db,
        sql`select c.status, p.reserved from coupons c join coupon_pools p on p.id = c.pool where enrolment = ${enrolment}`,
      ),
    ).toEqual([{ status: "released", reserved: 0 }]);
    expect(await all(db, sql`select status from tasks where run = ${run}`)).toEqual([{ status: "closed" }]);
    expect(await all(db, sql`select status, closed_reason from challenges where enrolment = ${enrolment}`)).toEqual([
      { status: "closed", closed_reason: "converted" },
    ]);
    expect(await all(db, sql`select day from check_ins where enrolment = ${enrolment}`)).toEqual([]);
  });
  test("exit ends the enrolment; continue leaves its waits to the same event; behind the target nothing moves", async () => {
    const exit = await enrol(db, program(steps, goal({ mode: "exit" })), [a]);
    const stay = await enrol(db, program(steps, goal({ mode: "continue" })), [a]);
    const past = await enrol(db, program(steps, goal({ mode: "goto", pc: 1, root: 1 })), [a]);
    await sql`update enrolments set position = 1 where run = ${past.run}`.execute(db);
    for (const { members } of [exit, stay, past]) await openWait(db, members[0]!, "survey", "order.paid");
    await happen(db, order(a, 10));
    expect(await stimuliOf(exit.run)).toEqual([
      { member: 0, body: expect.objectContaining({ kind: "convert", pc: -1 }) },
    ]);
    expect(await all(db, sql`select status, ended_reason from enrolments where run = ${exit.run}`)).toEqual([
      { status: "ended", ended_reason: "converted" },
    ]);
    expect((await stimuliOf(stay.run)).map((row) => row.body.kind)).toEqual(["met"]);
    expect((await stimuliOf(past.run)).map((row) => row.body.kind)).toEqual(["met"]);
    expect(
      await all(db, sql`select count(*)::int as n from conversions where customer = ${exit.members[0]!.customer}`),
    ).toEqual([{ n: 3 }]);
  });
  test("the holdout's purchase is counted, and nothing else happens", async () => {
    const { run, members } = await enrol(db, program(steps, goal({ mode: "exit" })), [a], { holdout: [a] });
    await happen(db, order(a, 10));
    expect(await stimuliOf(run)).toEqual([]);
    expect(await all(db, sql`select status, epoch from enrolments where run = ${run}`)).toEqual([
      { status: "live", epoch: 0 },
    ]);
    expect(await all(db, sql`select amount from conversions where enrolment = ${members[0]!.enrolment}`)).toEqual([
      { amount: 1000 },
    ]);
  });
  test("a purchase after the window, or below the goal's own rule, is not counted", async () => {
    const where = rule({ ">=": [{ var: "event.amount" }, 100] });
    const { run } = await enrol(db, program(steps, goal({ mode: "exit" }, where)), [a], {
      goalUntil: "2026-04-02T00:00:00Z",
    });
    await happen(db, order(a, 500), order(a, 99, "2026-04-01T12:00:00Z"));
    expect(await stimuliOf(run)).toEqual([]);
    await happen(db, order(a, 100, "2026-04-01T12:00:00Z"));
    expect(await stimuliOf(run)).toHaveLength(1);
  });
  test("an event met before the purchase, in the same batch, stays met", async () => {
    const { run, members } = await enrol(db, program(steps, goal({ mode: "goto", pc: 2, root: 2 })), [a]);
    await openWait(db, members[0]!, "days", "seen");
    await happen(db, event("seen", a), order(a, 10), event("seen", a));
    expect((await stimuliOf(run)).map((row) => row.body.kind)).toEqual(["met", "convert"]);
    expect(
      await all(db, sql`select status from waits where enrolment = ${members[0]!.enrolment} and step = 'days'`),
    ).toEqual([{ status: "met" }]);
  });
});

describe("refunds", () => {
  test("a partial refund lowers the conversion, a full one takes it back, and a later purchase counts again", async () => {
    const { run, members } = await enrol(db, program({ order: waitFor }, goal({ mode: "exit" })), [a]);
    const { enrolment } = members[0]!;
    const conversions = () => all(db, sql`select order_id, amount from conversions where enrolment = ${enrolment}`);
    await happen(db, order(a, 100, undefined, `${a}-1`));
    await happen(db, event("order.refunded", a, { order_id: `${a}-1`, amount: "30.50" }));
    expect(await conversions()).toEqual([{ order_id: `${a}-1`, amount: 6950 }]);
    const [reaction] = await happen(db, event("order.refunded", a, { order_id: `${a}-1` }));
    expect(reaction).toEqual({ order: "refunded", takenBack: [enrolment] });
    expect(await conversions()).toEqual([]);
    await happen(db, order(a, 55, undefined, `${a}-2`));
    expect(await conversions()).toEqual([{ order_id: `${a}-2`, amount: 5500 }]);
    expect(await stimuliOf(run)).toHaveLength(1); // the goal acts once
  });
  test("who bought twice and gave the first back has converted by the second", async () => {
    const { members } = await enrol(db, program({ order: waitFor }, goal({ mode: "continue" })), [a]);
    const { enrolment } = members[0]!;
    await happen(
      db,
      order(a, 100, undefined, `${a}-1`),
      order(a, 70, undefined, `${a}-2`),
      order(a, 60, undefined, `${a}-3`),
    );
    const conversions = () => all(db, sql`select order_id, amount from conversions where enrolment = ${enrolment}`);
    expect(await conversions()).toEqual([{ order_id: `${a}-1`, amount: 10000 }]);
    await happen(
      db,
      event("order.refunded", a, { order_id: `${a}-2` }),
      event("order.cancelled", a, { order_id: `${a}-1` }),
    );
    expect(await conversions()).toEqual([{ order_id: `${a}-3`, amount: 6000 }]);
    expect(await all(db, sql`select status from waits where enrolment = ${enrolment}`)).toEqual([{ status: "met" }]);
  });
  test("a refund that comes before its order takes the order with it", async () => {
    const { members } = await enrol(db, program({ order: waitFor }, goal({ mode: "exit" })), [a]);
    const [early] = await happen(db, event("order.cancelled", a, { order_id: `${a}-9` }));
    expect(early).toEqual({ order: "unknown" });
    await happen(db, order(a, 80, undefined, `${a}-9`));
    expect(await all(db, sql`select status, refunded from orders where order_id = ${`${a}-9`}`)).toEqual([
      { status: "cancelled", refunded: 8000 },
    ]);
    expect(await all(db, sql`select 1 from conversions where enrolment = ${members[0]!.enrolment}`)).toEqual([]);
  });
  test("the same order told twice is one order; one of another customer is refused", async () => {
    const [first, second, other] = await happen(
      db,
      order(a, 10, undefined, `${a}-1`),
      order(a, 10, undefined, `${a}-1`),
      order("thief", 10, undefined, `${a}-1`),
    );
    expect([first!.order, second!.order, other!.order]).toEqual(["stored", "known", "of-another-customer"]);
    expect(
      await all(db, sql`select count(*)::int as n, sum(amount)::int as sum from orders where order_id = ${`${a}-1`}`),
    ).toEqual([{ n: 1, sum: 1000 }]);
  });
});
