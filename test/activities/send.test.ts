import { sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import { DAY } from "../../src/campaign/calendar.ts";
import type { CouponPool, SendStep } from "../../src/campaign/program.ts";
import { minuteOf } from "../../src/store/clock.ts";
import { suppress } from "../../src/store/suppression.ts";
import { testSchema } from "../support/schema.ts";
import { at, enrolled, LAUNCH, LAUNCH_DAY, NO_POLICY, programOf } from "./world.ts";

const { db } = await testSchema();
const invite: SendStep = {
  kind: "send",
  id: "invite",
  channels: ["wecom-customer", "email"],
  template: "invite",
  sendKind: "promotion",
  topic: "promotion",
  validFor: { days: 2, minutes: 0 },
};
const pool: CouponPool = {
  id: "eighty",
  name: { en: "20 % off", "zh-CN": "八折" },
  percentOff: 20,
  minimum: 10_000,
  validFor: { days: 14, minutes: 0 },
  prefix: "WB",
  limit: 5,
};

beforeEach(async () => void (await at(db, LAUNCH)));

const messages = async (run: string) =>
  (
    await sql<Record<string, unknown> & { data: Record<string, unknown> }>`
      select * from messages where run = ${run} order by enrolment, step, occurrence`.execute(db)
  ).rows;

describe("who is written to", () => {
  test("the first channel of the chain that is configured and reaches the customer, and the ledger says what was passed over", async () => {
    const world = await enrolled(db, { program: programOf({ invite }), size: 1 });
    expect(await world.act("invite")).toEqual([{ outcome: "queued", at: minuteOf(LAUNCH) }]);
    expect(await world.ledger()).toMatchObject([
      { outcome: "queued", reasons: ["channel-not-configured:wecom-customer"] },
    ]);
    expect(await messages(world.run)).toMatchObject([
      {
        channel: "email",
        template: "h-invite",
        kind: "promotion",
        topic: "promotion",
        status: "pending",
        locale: "zh-CN",
        epoch: 0,
        not_before: LAUNCH,
        valid_until: new Date("2026-04-03T02:00:00Z"),
        data: { campaign: { en: "Spring", "zh-CN": "春季" } },
      },
    ]);
    expect(world.woken).toEqual(["deliver"]);
  });

  test("each reason not to write is told, and nobody is written to against their will", async () => {
    const world = await enrolled(db, { program: programOf({ invite: { ...invite, channels: ["email"] } }), size: 6 });
    const [, silent, refused, homeless, suppressed, topic] = world.customers;
    await sql`delete from consents where customer = ${silent}`.execute(db);
    await sql`update consents set granted = false where customer = ${refused}`.execute(db);
    await sql`delete from contacts where customer = ${homeless}`.execute(db);
    await db
      .transaction()
      .execute((tx) => suppress(tx, [{ channel: "email", value: `C${suppressed}@EXAMPLE.com` }], "bounce", LAUNCH));
    await sql`insert into consents (customer, channel, topic, granted, source, at) values (${topic}, 'email', 'news', false, 't', ${LAUNCH})`.execute(
      db,
    );

    const outcomes = (await world.act("invite")).map((each) => each.outcome);
    expect(outcomes).toEqual(["queued", "skipped", "skipped", "skipped", "skipped", "queued"]);
    expect((await world.ledger()).map((row) => row.reasons[0])).toEqual([
      undefined,
      "no-consent:email",
      "refused:email",
      "no-address:email",
      "suppressed:email",
      undefined,
    ]);
    expect((await messages(world.run)).map((row) => row.customer)).toEqual([world.customers[0], topic]);
  });

  test("a service mail needs no consent to promotion, yet heeds a refusal of its own topic", async () => {
    const service = { ...invite, channels: ["email"], sendKind: "service" as const, topic: "service" };
    const world = await enrolled(db, { program: programOf({ invite: service }), size: 3 });
    await sql`delete from consents where customer = ${world.customers[0]}`.execute(db);
    await sql`insert into consents (customer, channel, topic, granted, source, at) values (${world.customers[1]}, 'email', 'service', false, 't', ${LAUNCH})`.execute(
      db,
    );
    await sql`update consents set granted = false where customer = ${world.customers[2]}`.execute(db);
    expect((await world.act("invite")).map((each) => each.outcome)).toEqual(["queued", "skipped", "queued"]);
  });

  test("the language is the customer's, where templates have it", async () => {
    const world = await enrolled(db, { program: programOf({ invite }), size: 4 });
    const locales = ["en-GB", "zh_TW", "fr", null];
    for (const [i, locale] of locales.entries()) {
      await sql`update customers set locale = ${locale} where id = ${world.customers[i]}`.execute(db);
    }
    await world.act("invite");
    expect((await messages(world.run)).map((row) => row.locale)).toEqual(["en", "zh-CN", "zh-CN", "zh-CN"]);
  });
});

describe("when", () => {
  test("quiet hours put it off to their end, and then it leaves", async () => {
    const policy = { ...NO_POLICY, quietHours: { from: 21 * 60, to: 8 * 60, onConflict: "defer" as const } };
    const world = await enrolled(db, { program: programOf({ invite }, { policy }), size: 1 });
    const due = await at(db, "2026-04-01T15:30:00Z"); // 23:30 in Shanghai
    const morning = minuteOf(new Date("2026-04-02T00:00:00Z"));
    expect(await world.act("invite", { due })).toEqual([{ outcome: "deferred", at: due, value: morning }]);
    expect(await messages(world.run)).toEqual([]);
    await at(db, morning);
    expect(await world.act("invite", { due: morning, attempt: 2 })).toMatchObject([{ outcome: "queued" }]);
    expect(await messages(world.run)).toMatchObject([{ valid_until: new Date("2026-04-03T15:30:00Z") }]);
  });

  test("what cannot leave before it is too late does not", async () => {
    const policy = { ...NO_POLICY, quietHours: { from: 21 * 60, to: 8 * 60, onConflict: "defer" as const } };
    const day = { ...invite, validFor: "day" as const };
    const world = await enrolled(db, { program: programOf({ day, invite }, { policy }), size: 1 });
    await at(db, "2026-04-01T15:30:00Z");
    expect(await world.act("day", { due: minuteOf(LAUNCH) })).toMatchObject([{ outcome: "skipped" }]);
    await at(db, "2026-04-03T02:00:00Z");
    expect(await world.act("invite", { due: minuteOf(LAUNCH) })).toMatchObject([{ outcome: "skipped" }]);
    expect((await world.ledger()).map((row) => row.reasons)).toEqual([["quiet-hours"], ["expired"]]);
  });

  test("while a complaint is open promotions wait until it is solved or too late", async () => {
    const policy = { ...NO_POLICY, problemFirst: true };
    const world = await enrolled(db, { program: programOf({ invite }, { policy }), size: 2 });
    await sql`
      insert into complaints (id, customer, source, opened_at)
      select 'k' || c, c, 'test', ${LAUNCH} from unnest(${world.customers}::bigint[]) c`.execute(db);
    const start = minuteOf(LAUNCH);
    expect(await world.act("invite")).toEqual(
      [0, 1].map(() => ({ outcome: "deferred", at: start, value: start + 2 * DAY })),
    );
    await sql`update complaints set status = 'solved' where customer = ${world.customers[0]}`.execute(db);
    const next = await at(db, start + DAY);
    expect(await world.act("invite", { attempt: 2, due: next })).toEqual([
      { outcome: "queued", at: next },
      { outcome: "deferred", at: next, value: start + 2 * DAY },
    ]);
    const last = await at(db, start + 2 * DAY);
    expect((await world.act("invite", { attempt: 3, due: last, members: [1] }))[1]).toEqual({
      outcome: "skipped",
      at: last,
    });
    expect(
      (await world.ledger()).filter((row) => row.enrolment === world.enrolments[1]).map((row) => row.reasons[0]),
    ).toEqual(["problem-first", "problem-first", "expired"]);
  });
});

describe("a challenge's mails", () => {
  const day = { ...invite, id: "days", validFor: "day" as const, challenge: "days" };
  const steps = {
    "days/open": { kind: "challengeOpen" as const, id: "days", event: "check_in", days: 30, at: 540, gifts: [] },
    "days/day": day,
    "days/reminder": { ...day, unlessCheckedIn: true },
  };

  test("know their day, and are worth nothing after it", async () => {
    const world = await enrolled(db, { program: programOf(steps), size: 1 });
    expect(await world.act("days/open")).toMatchObject([{ outcome: "opened", value: LAUNCH_DAY + 1 }]);
    await at(db, "2026-04-04T01:00:00Z");
    expect(
      await world.act("days/day", { occurrence: 3, due: minuteOf(new Date("2026-04-04T01:00:00Z")) }),
    ).toMatchObject([{ outcome: "queued" }]);
    expect(await messages(world.run)).toMatchObject([
      {
        occurrence: 3,
        valid_until: new Date("2026-04-04T16:00:00Z"),
        data: { challenge: { step: "days", day: 3, days: 30 } },
      },
    ]);
    // day 2's, held up by a pause until day 3
    expect(await world.act("days/day", { occurrence: 2 })).toMatchObject([{ outcome: "skipped" }]);
  });

  test("reminders spare those who have checked in for that day", async () => {
    const world = await enrolled(db, { program: programOf(steps), size: 2 });
    await world.act("days/open");
    const event = await sql<{ id: number }>`
      insert into events (source, event_id, customer_id, type, occurred_at, received_at)
      values ('t', ${world.run}, 'x', 'check_in', ${LAUNCH}, ${LAUNCH}) returning id`.execute(db);
    const checkIn = (enrolment: number, local: number) =>
      sql`
      insert into check_ins (enrolment, step, day, event, at) values (${enrolment}, 'days', ${local}, ${event.rows[0]!.id}, ${LAUNCH})`.execute(
        db,
      );
    await checkIn(world.enrolments[0]!, LAUNCH_DAY + 1);
    await checkIn(world.enrolments[1]!, LAUNCH_DAY); // of another day
    const due = await at(db, "2026-04-02T12:00:00Z");
    expect((await world.act("days/reminder", { due })).map((each) => each.outcome)).toEqual(["skipped", "queued"]);
    expect((await world.ledger())[1]).toMatchObject({ step: "days/reminder", reasons: ["checked-in"] });
  });
});

describe("coupons", () => {
  const offer = { ...invite, channels: ["email"], coupon: "eighty" };

  test("everyone who is written to gets a code of their own, while the pool lasts", async () => {
    const program = programOf({ offer }, { coupons: { eighty: { ...pool, limit: 3 } } });
    const world = await enrolled(db, { program, size: 5 });
    await sql`delete from contacts where customer = ${world.customers[0]}`.execute(db);
    const outcomes = await world.act("offer");
    expect(outcomes.map((each) => each.outcome)).toEqual(["skipped", "queued", "queued", "queued", "skipped"]);
    expect((await world.ledger())[4]!.reasons).toEqual(["coupon-exhausted"]);
    const { rows } = await sql<{
      code: string;
      expires_at: Date;
      status: string;
    }>`select * from coupons order by enrolment`.execute(db);
    expect(new Set(rows.map((row) => row.code)).size).toBe(3);
    for (const row of rows) {
      expect(row.code).toMatch(/^WB-[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}$/);
      expect(row).toMatchObject({ status: "reserved", expires_at: new Date("2026-04-15T02:00:00Z") });
    }
    expect((await messages(world.run)).map((row) => (row.data.coupon as { code: string }).code)).toEqual(
      rows.map((row) => row.code),
    );
    expect((await messages(world.run))[0]!.data.coupon).toMatchObject({
      percentOff: 20,
      minimum: 10_000,
      currency: "CNY",
      expiresAt: "2026-04-15T02:00:00.000Z",
    });
  });

  test("runs that draw from one pool at the same time stay within its limit", async () => {
    const shared = { ...pool, id: "shared", limit: 50 };
    const program = programOf({ offer: { ...offer, coupon: "shared" } }, { coupons: { shared } });
    const worlds = await Promise.all([1, 2, 3, 4].map(() => enrolled(db, { program, size: 20 })));
    const outcomes = (await Promise.all(worlds.map((world) => world.act("offer")))).flat();
    expect(outcomes.filter((each) => each.outcome === "queued")).toHaveLength(50);
    const { rows } = await sql<{ reserved: number; codes: number }>`
      select reserved, (select count(distinct code)::int from coupons where pool = 'shared') as codes
      from coupon_pools where id = 'shared'`.execute(db);
    expect(rows).toEqual([{ reserved: 50, codes: 50 }]);
  });
});

describe("caps", () => {
  test("count messages of all runs in the customer's own days, exactly, however many runs decide at once", async () => {
    const policy = { ...NO_POLICY, caps: [{ sendKind: "promotion" as const, max: 2, days: 7 }] };
    const program = programOf({ invite }, { policy });
    const first = await enrolled(db, { program, size: 40 });
    const others = await Promise.all(
      [1, 2, 3].map(() => enrolled(db, { program, size: 40, customers: first.customers })),
    );
    const outcomes = (await Promise.all([first, ...others].map((world) => world.act("invite")))).flat();
    expect(outcomes.filter((each) => each.outcome === "queued")).toHaveLength(80);
    const { rows } = await sql<{ customer: number; n: number }>`
      select customer, count(*)::int as n from messages where customer = any(${first.customers}::bigint[]) group by customer`.execute(
      db,
    );
    expect(rows.map((row) => row.n)).toEqual(Array.from({ length: 40 }, () => 2));
  });

  test("free up when a message was withheld, and when its day has left the window", async () => {
    const policy = { ...NO_POLICY, caps: [{ max: 1, days: 2 }] };
    const program = programOf({ a: invite, b: invite, c: invite, d: invite }, { policy });
    const world = await enrolled(db, { program, size: 1 });
    const outcome = async (step: string, time: string) =>
      (await world.act(step, { due: await at(db, time) }))[0]!.outcome;
    expect(await outcome("a", "2026-04-01T15:59:00Z")).toBe("queued"); // 23:59 of 1 April in Shanghai
    expect(await outcome("b", "2026-04-02T15:59:00Z")).toBe("skipped");
    expect(await outcome("c", "2026-04-02T16:00:00Z")).toBe("queued"); // 3 April
    await sql`update messages set status = 'withheld' where step = 'c' and run = ${world.run}`.execute(db);
    expect(await outcome("d", "2026-04-02T16:01:00Z")).toBe("queued");
    expect((await world.ledger())[1]!.reasons[0]).toBe("capped:1-in-2d:email");
  });

  test("bind two enrolments of one customer in the same batch", async () => {
    const policy = { ...NO_POLICY, caps: [{ max: 1, days: 1 }] };
    const world = await enrolled(db, { program: programOf({ invite }, { policy }), size: 1 });
    await sql`
      insert into enrolments (run, campaign, customer, key, number, arm, cohort, member, zone, entered_at)
      values (${world.run}, 'spring', ${world.customers[0]}, 'cart-2', 1, 'treatment', 0, 1, 'Asia/Shanghai', ${LAUNCH})`.execute(
      db,
    );
    expect((await world.act("invite", { members: [0, 1] })).map((each) => each.outcome)).toEqual(["queued", "skipped"]);
  });
});
