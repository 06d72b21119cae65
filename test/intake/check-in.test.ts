import { sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import type { Reward, Step } from "../../src/campaign/program.ts";
import { reactToEvents } from "../../src/intake/react.ts";
import { insertEvents } from "../../src/store/event.ts";
import { testSchema } from "../support/schema.ts";
import { all, type Enrolled, enrol, event, happen, HOME, openChallenge, program, standStill } from "./world.ts";

const { db } = await testSchema();
const APRIL_1 = 20544; // local days since 1970-01-01
let customers = 0;
let a: string;
beforeEach(() => {
  a = `k${++customers}`;
});

const GIFTS: Reward[] = [
  { every: 1, points: 10 },
  { streak: 3, gift: "mug" },
];
const challenge = (gifts: Reward[] = GIFTS): Record<string, Step> => ({
  "days/open": { kind: "challengeOpen", id: "days", event: "check_in", days: 30, at: 540, gifts },
  "days/close": { kind: "challengeClose", id: "days", of: "days" },
});
async function begin(zone = "Asia/Shanghai", gifts?: Reward[], days = 30): Promise<Enrolled & { run: string }> {
  const { run, members } = await enrol(db, program(challenge(gifts)), [a], { zone });
  await openChallenge(db, members[0]!, APRIL_1, days);
  return { ...members[0]!, run };
}
/** Checks in at a time, posted at that time. */
async function checkIn(at: string, data: Record<string, unknown> = {}, posted = at) {
  await standStill(db, posted);
  const [reaction] = await happen(db, event("check_in", a, data, at));
  return (reaction as { checkIns?: Record<string, unknown>[] }).checkIns ?? [];
}
const daysOf = async (member: Enrolled) =>
  (
    await all(db, sql<{ day: number }>`select day from check_ins where enrolment = ${member.enrolment} order by day`)
  ).map((row) => row.day - APRIL_1 + 1);
const noon = (day: number) => `2026-04-${String(day).padStart(2, "0")}T04:00:00Z`;

describe("the day that a check-in counts for", () => {
  test("is the local day: before and after midnight in Shanghai are two days", async () => {
    const member = await begin();
    await checkIn("2026-04-01T15:59:59Z");
    expect(await checkIn("2026-04-01T16:00:00Z")).toMatchObject([{ day: 2, result: "counted", count: 2, streak: 2 }]);
    expect(await daysOf(member)).toEqual([1, 2]);
  });
  test("is counted once, however often it is posted", async () => {
    const member = await begin();
    await checkIn(noon(1));
    expect(await checkIn("2026-04-01T05:00:00Z")).toMatchObject([{ day: 1, result: "already", count: 1 }]);
    expect(
      await all(db, sql`select sum(points)::int as points from points where enrolment = ${member.enrolment}`),
    ).toEqual([{ points: 10 }]);
  });
  test("is the link's day, until 48 hours after it ended", async () => {
    const member = await begin();
    expect(await checkIn("2026-04-03T15:59:00Z", { day: 1 })).toMatchObject([{ day: 1, result: "counted" }]);
    expect(await checkIn("2026-04-03T16:00:00Z", { day: 1 })).toMatchObject([{ day: 1, result: "already" }]);
    expect(await checkIn("2026-04-04T16:00:00Z", { day: 2 })).toMatchObject([{ day: 2, result: "too-late" }]);
    expect(await checkIn(noon(4), { day: 6 })).toMatchObject([{ day: 6, result: "not-yet" }]);
    expect(await daysOf(member)).toEqual([1]);
  });
  test("an event told late counts on the day it happened, for 48 hours", async () => {
    const member = await begin();
    await checkIn(noon(1), {}, "2026-04-03T15:00:00Z");
    expect(await checkIn(noon(2), {}, "2026-04-05T00:00:00Z")).toMatchObject([{ result: "too-late" }]);
    expect(await daysOf(member)).toEqual([1]);
  });
  test("must lie within the challenge, which takes late ones for two days after its end, and none when cut short", async () => {
    const member = await begin("Asia/Shanghai", undefined, 3);
    expect(await checkIn("2026-03-31T04:00:00Z")).toMatchObject([{ result: "outside" }]);
    await sql`update challenges set status = 'closed', closed_at = ${new Date("2026-04-03T16:00:00Z")}, closed_reason = 'completed' where enrolment = ${member.enrolment}`.execute(
      db,
    );
    expect(await checkIn("2026-04-04T04:00:00Z", { day: 3 })).toMatchObject([{ day: 3, result: "counted" }]);
    expect(await checkIn("2026-04-04T04:00:00Z")).toMatchObject([{ result: "outside" }]);
    await sql`update challenges set closed_reason = 'converted' where enrolment = ${member.enrolment}`.execute(db);
    expect(await checkIn("2026-04-04T04:00:00Z", { day: 2 })).toEqual([]);
  });
  test("across daylight saving: New York's 25-hour day is one day, and so is its 23-hour one", async () => {
    const { members } = await enrol(db, program(challenge()), [a], { zone: "America/New_York" });
    await openChallenge(db, members[0]!, 20394, 30); // 2025-11-02, when the clocks go back
    await checkIn("2025-11-02T04:00:00Z"); // 00:00, summer time
    expect(await checkIn("2025-11-03T04:59:00Z")).toMatchObject([{ result: "already", day: 1 }]); // 23:59, winter time
    expect(await checkIn("2025-11-03T05:00:00Z")).toMatchObject([{ result: "counted", day: 2 }]);
    const spring = `${a}-spring`;
    const { members: others } = await enrol(db, program(challenge()), [spring], { zone: "America/New_York" });
    await openChallenge(db, others[0]!, 20520, 30); // 2026-03-08, when they go forward
    a = spring;
    await checkIn("2026-03-08T05:00:00Z");
    expect(await checkIn("2026-03-09T03:59:00Z")).toMatchObject([{ result: "already", day: 1 }]);
    expect(await checkIn("2026-03-09T04:00:00Z")).toMatchObject([{ result: "counted", day: 2, streak: 2 }]);
  });
});

describe("rewards", () => {
  test("points for each day and a gift for each streak of three, with its cost on the gift's line", async () => {
    const member = await begin();
    const seen = [];
    for (const day of [1, 2, 3, 4, 5, 6]) seen.push(...(await checkIn(noon(day))));
    expect(seen.map((one) => [one.streak, one.points, one.gifts ?? null])).toEqual([
      [1, 10, null],
      [2, 10, null],
      [3, 10, [{ gift: "mug", status: "granted" }]],
      [4, 10, null],
      [5, 10, null],
      [6, 10, [{ gift: "mug", status: "granted" }]],
    ]);
    expect(
      await all(db, sql`select key, unit_cost from gifts where enrolment = ${member.enrolment} order by key`),
    ).toEqual([
      { key: `days/streak-3/${APRIL_1 + 2}`, unit_cost: 2000 },
      { key: `days/streak-3/${APRIL_1 + 5}`, unit_cost: 2000 },
    ]);
    expect(
      await all(
        db,
        sql`select sum(amount)::int as amount from budget_entries where run = ${member.run} and line = 'gifts'`,
      ),
    ).toEqual([{ amount: 4000 }]);
  });
  test("a late check-in that closes a gap earns the streak's gift, once", async () => {
    const member = await begin();
    for (const day of [1, 3, 4]) await checkIn(noon(day));
    expect(await checkIn("2026-04-04T05:00:00Z", { day: 2 })).toMatchObject([
      { streak: 4, gifts: [{ gift: "mug", status: "granted" }] },
    ]);
    expect((await checkIn(noon(5)))[0]!.gifts).toBeUndefined();
    expect(await all(db, sql`select count(*)::int as n from gifts where enrolment = ${member.enrolment}`)).toEqual([
      { n: 1 },
    ]);
  });
  test("paused days neither count nor break", async () => {
    const member = await begin();
    await checkIn(noon(1));
    await checkIn(noon(2));
    await sql`insert into run_pauses values (${member.run}, ${new Date("2026-04-02T15:00:00Z")}, ${new Date("2026-04-05T17:00:00Z")})`.execute(
      db,
    );
    expect(await checkIn("2026-04-06T04:00:00Z")).toMatchObject([{ day: 6, streak: 3, gifts: [{ gift: "mug" }] }]);
  });
  test("the last mug is given once, whoever comes at the same time, and the others are told", async () => {
    await sql`insert into gift_stocks (gift, stock) values ('cup', 5)`.execute(db);
    const names = Array.from({ length: 12 }, (_, i) => `${a}-${i}`);
    const gift = { id: "cup", name: { en: "Cup", "zh-CN": "杯" }, unitCost: 100, stock: 5 };
    const { run, members } = await enrol(
      db,
      program(challenge([{ every: 1, gift: "cup" }]), { gifts: { cup: gift } }),
      names,
    );
    for (const member of members) await openChallenge(db, member, APRIL_1);
    await standStill(db, noon(1));
    for (const name of names)
      await insertEvents(db, [event("check_in", name, {}, noon(1)), event("check_in", name, {}, noon(1))]);
    const options = { db, home: HOME, onStimuli: () => undefined };
    await Promise.all([reactToEvents(options), reactToEvents(options), reactToEvents(options)]);
    expect(
      await all(
        db,
        sql`select g.status, count(*)::int as n from gifts g join enrolments e on e.id = g.enrolment where e.run = ${run} group by 1 order by 1`,
      ),
    ).toEqual([
      { status: "granted", n: 5 },
      { status: "out-of-stock", n: 7 },
    ]);
    expect(await all(db, sql`select stock, granted from gift_stocks where gift = 'cup'`)).toEqual([
      { stock: 5, granted: 5 },
    ]);
  });
  test("two challenges of one customer both take an open check-in; a link names its own", async () => {
    const first = await begin();
    const second = await begin();
    expect(await checkIn(noon(1))).toHaveLength(2);
    await checkIn(noon(2), { enrolment: second.enrolment, step: "days", day: 2 });
    expect([await daysOf(first), await daysOf(second)]).toEqual([[1], [1, 2]]);
  });
});

describe("facts and surveys", () => {
  const survey: Step = {
    kind: "survey",
    id: "survey",
    channels: ["email"],
    template: "survey",
    sendKind: "service",
    topic: "survey",
    validFor: "day",
    within: { days: 7, minutes: 0 },
    questions: [
      { id: "score", rating: 5 },
      { id: "why", text: true },
    ],
  };
  const wait = (member: Enrolled, kind = "survey") =>
    sql`insert into waits (enrolment, step, occurrence, kind, customer, event_type, since, until)
      values (${member.enrolment}, 'survey', 1, ${kind}, ${member.customer}, 'survey.answered', '2026-04-01', '2026-04-08')`.execute(
      db,
    );

  test("answers that fit are kept, the first to each question stands, and the journey goes on once", async () => {
    const { run, members } = await enrol(db, program({ survey }), [a]);
    await wait(members[0]!);
    await standStill(db, noon(2));
    const { enrolment } = members[0]!;
    const [first, second] = await happen(
      db,
      event("survey.answered", a, {
        enrolment,
        step: "survey",
        answers: { score: 4, mood: "good", why: "x".repeat(3000) },
      }),
      event("survey.answered", a, { enrolment, step: "survey", answers: { score: 1, why: "late thought" } }),
    );
    expect(first).toMatchObject({
      survey: [{ answers: ["score"], refused: ["why", "mood"] }],
      met: [{ step: "survey" }],
    });
    expect(second).not.toHaveProperty("met");
    expect(
      await all(db, sql`select question, rating, answer from survey_answers where enrolment = ${enrolment} order by 1`),
    ).toEqual([
      { question: "score", rating: 4, answer: null },
      { question: "why", rating: null, answer: "late thought" },
    ]);
    expect(await all(db, sql`select body ->> 'kind' as kind from stimuli where run = ${run}`)).toEqual([
      { kind: "met" },
    ]);
  });
  test("answers of somebody else's enrolment change nothing", async () => {
    const { members } = await enrol(db, program({ survey }), [a]);
    await wait(members[0]!);
    await happen(
      db,
      event("survey.answered", "stranger", { enrolment: members[0]!.enrolment, step: "survey", answers: { score: 1 } }),
    );
    expect(await all(db, sql`select 1 from survey_answers where enrolment = ${members[0]!.enrolment}`)).toEqual([]);
    expect(await all(db, sql`select status from waits where enrolment = ${members[0]!.enrolment}`)).toEqual([
      { status: "open" },
    ]);
  });
  test("complaints open and are solved, consents change, coupons are redeemed by their owner only", async () => {
    await standStill(db, noon(2));
    const { members } = await enrol(db, program({ survey }), [a]);
    await sql`insert into coupon_pools (id, capacity) values (${a}, 9)`.execute(db);
    await sql`insert into coupons (code, pool, enrolment, step, occurrence, customer, status, reserved_at, expires_at)
      values (${`C-${a}`}, ${a}, ${members[0]!.enrolment}, 'offer', 1, ${members[0]!.customer}, 'issued', now(), now())`.execute(
      db,
    );
    const reactions = await happen(
      db,
      event("complaint.opened", a, { complaint_id: `${a}-1`, severity: "high" }),
      event("complaint.opened", a, { complaint_id: `${a}-2` }),
      event("complaint.solved", a, { complaint_id: `${a}-1` }),
      event("complaint.solved", a, { complaint_id: "other" }),
      event("consent.changed", a, { channel: "email", granted: true }),
      event("consent.changed", a, { channel: "email", granted: false }),
      event("coupon.redeemed", "stranger", { code: `C-${a}` }),
      event("coupon.redeemed", a, { code: `C-${a}`, order_id: "o-1" }),
    );
    expect(reactions.map((one) => Object.values(one)[0])).toEqual([
      "opened",
      "opened",
      "solved",
      "unknown",
      "granted",
      "withdrawn",
      "unknown",
      "redeemed",
    ]);
    expect(
      await all(
        db,
        sql`select id, severity, status from complaints where customer = ${members[0]!.customer} order by id`,
      ),
    ).toEqual([
      { id: `${a}-1`, severity: "high", status: "solved" },
      { id: `${a}-2`, severity: "medium", status: "open" },
    ]);
    expect(await all(db, sql`select topic, granted from consents where customer = ${members[0]!.customer}`)).toEqual([
      { topic: "promotion", granted: false },
    ]);
    expect(await all(db, sql`select status, order_id from coupons where code = ${`C-${a}`}`)).toEqual([
      { status: "redeemed", order_id: "o-1" },
    ]);
  });
});

describe("trouble", () => {
  test("one event with bad data among many is marked with its code; the others are reacted to", async () => {
    const many = Array.from({ length: 30 }, (_, i) =>
      event("order.paid", `${a}-${i}`, { order_id: `${a}-${i}`, amount: 1 }, noon(1)),
    );
    many[17]!.data = { order_id: `${a}-17` };
    many[23]!.data = { order_id: `${a}-23`, amount: 1e15 };
    const reactions = await happen(db, ...many);
    expect(reactions[17]).toEqual({ error: "bad-data" });
    expect(reactions[23]).toEqual({ error: "bad-data" });
    expect(reactions.filter((one) => one.order === "stored")).toHaveLength(28);
  });
  test("what was received before a crash is reacted to after it, once", async () => {
    const member = await begin();
    await standStill(db, noon(1));
    await insertEvents(db, [event("check_in", a, {}, noon(1))]);
    const dying = { db, home: HOME, onStimuli: () => undefined };
    const broken = Object.create(db, {
      transaction: {
        value: () => ({
          execute: (work: (tx: unknown) => Promise<unknown>) =>
            db.transaction().execute(async (tx) => {
              await work(tx);
              throw new Error("killed before the commit");
            }),
        }),
      },
    }) as typeof db;
    await expect(reactToEvents({ ...dying, db: broken })).rejects.toThrow("killed");
    expect(await daysOf(member)).toEqual([]);
    await reactToEvents(dying);
    expect(await daysOf(member)).toEqual([1]);
  });
});
