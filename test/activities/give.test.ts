import { sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import { DAY } from "../../src/campaign/calendar.ts";
import type { CouponPool, CouponStep, Gift, GiftStep, PointsStep } from "../../src/campaign/program.ts";
import { buildCatalogue } from "../../src/rule/catalogue.ts";
import { parseRule } from "../../src/rule/parse.ts";
import { minuteOf } from "../../src/store/clock.ts";
import { testSchema } from "../support/schema.ts";
import { at, count, enrolled, LAUNCH, newCustomers, NO_POLICY, programOf } from "./world.ts";

const { db } = await testSchema();
const NOW = minuteOf(LAUNCH);
beforeEach(async () => void (await at(db, LAUNCH)));

const name = { en: "Thanks", "zh-CN": "感谢" };
const TWO_DAYS = { days: 2, minutes: 0 };
let ids = 0;
function pool(limit: number): CouponPool {
  return { id: `pool-${++ids}`, name, amountOff: 1_000, minimum: 0, validFor: TWO_DAYS, prefix: "TEA", limit };
}
function mug(stock: number): Gift {
  return { id: `mug-${++ids}`, name, unitCost: 2_000, stock };
}
const giving = { sendKind: "promotion" as const, validFor: TWO_DAYS };
const couponStep = (own: CouponPool): CouponStep => ({ kind: "coupon", id: "thanks", pool: own.id, ...giving });
const giftStep = (own: Gift): GiftStep => ({ kind: "gift", id: "present", gift: own.id, ...giving });
const pointsStep: PointsStep = { kind: "points", id: "bonus", points: 50, ...giving };
/** what follows, so that a journey is not over with the step before it */
const last: PointsStep = { ...pointsStep, id: "last" };

describe("coupon", () => {
  test("is the customer's at once, and rules know its code", async () => {
    const own = pool(10);
    const { rule } = parseRule(
      { "!=": [{ var: "steps.thanks.code" }, ""] },
      {
        pointer: "",
        catalogue: buildCatalogue({ traits: {}, segments: {}, scope: { "steps.thanks.code": "string" } }),
      },
    );
    const program = programOf(
      { thanks: couponStep(own), known: { kind: "branch", id: "known", cases: [rule!] }, last },
      { coupons: { [own.id]: own } },
    );
    const world = await enrolled(db, { program, size: 2 });
    expect(await world.act("known", { members: [1] })).toMatchObject([undefined, { outcome: "no" }]);
    expect((await world.act("thanks")).map((each) => each.outcome)).toEqual(["done", "done"]);
    await world.act("thanks"); // a repeated batch gives no second one
    const { rows } = await sql<{ code: string; status: string; issued_at: Date; stored: string }>`
      select c.code, c.status, c.issued_at, e.data -> 'thanks' ->> 'code' as stored
      from coupons c join enrolments e on e.id = c.enrolment where c.pool = ${own.id} order by c.enrolment`.execute(db);
    expect(rows).toHaveLength(2);
    for (const row of rows) {
      expect(row).toMatchObject({ status: "issued", issued_at: LAUNCH, stored: row.code });
      expect(row.code).toMatch(/^TEA-\w{4}-\w{4}$/);
    }
    expect(await world.act("known", { members: [0], attempt: 1 })).toMatchObject([{ outcome: 100 }]);
  });

  test("no more than the pool holds, however many ask at once", async () => {
    const own = pool(7);
    const worlds = await Promise.all(
      Array.from({ length: 4 }, () =>
        enrolled(db, { program: programOf({ thanks: couponStep(own) }, { coupons: { [own.id]: own } }), size: 5 }),
      ),
    );
    const outcomes = (await Promise.all(worlds.map((world) => world.act("thanks")))).flat();
    expect(outcomes.filter((each) => each.outcome === "done")).toHaveLength(7);
    expect(outcomes.filter((each) => each.outcome === "skipped")).toHaveLength(13);
    expect(await count(db, "coupons", `pool = '${own.id}'`)).toBe(7);
    const reasons = new Set((await worlds[3]!.ledger()).flatMap((row) => row.reasons));
    for (const reason of reasons) expect(reason).toBe("coupon-exhausted");
  });
});

describe("gift and points", () => {
  test("a gift leaves the stock once, and none is given that is not there", async () => {
    const own = mug(2);
    const program = programOf({ present: giftStep(own), bonus: pointsStep }, { gifts: { [own.id]: own } });
    const world = await enrolled(db, { program, size: 3 });
    expect((await world.act("present")).map((each) => each.outcome)).toEqual(["done", "done", "skipped"]);
    await world.act("present");
    expect((await world.ledger()).map((row) => row.reasons)).toEqual([[], [], ["out-of-stock"]]);
    const { rows } = await sql`select stock, granted from gift_stocks where gift = ${own.id}`.execute(db);
    expect(rows).toEqual([{ stock: 2, granted: 2 }]);
    await world.act("bonus");
    await world.act("bonus");
    const points = await sql`
      select p.points, p.key from points p join enrolments e on e.id = p.enrolment where e.run = ${world.run}`.execute(
      db,
    );
    expect(points.rows).toEqual(Array.from({ length: 3 }, () => ({ points: 50, key: "bonus/1" })));
  });

  test("a further pass of the same step gives again", async () => {
    const world = await enrolled(db, { program: programOf({ bonus: pointsStep, last }), size: 1 });
    await world.act("bonus");
    await world.act("bonus", { occurrence: 2 });
    expect(await count(db, "points", `enrolment = ${world.enrolments[0]}`)).toBe(2);
  });
});

describe("while a complaint is open", () => {
  const policy = { ...NO_POLICY, problemFirst: true };

  test("promotions of all three kinds wait, service is given, and what comes too late is not", async () => {
    const [own, present] = [pool(9), mug(9)];
    const service = { ...pointsStep, id: "sorry", sendKind: "service" as const };
    const program = programOf(
      { thanks: couponStep(own), present: giftStep(present), bonus: pointsStep, sorry: service, last },
      { policy, coupons: { [own.id]: own }, gifts: { [present.id]: present } },
    );
    const customers = await newCustomers(db, 1);
    await sql`
      insert into complaints (id, customer, source, opened_at) values ('c1', ${customers[0]}, 'test', ${LAUNCH})`.execute(
      db,
    );
    const world = await enrolled(db, { program, customers, size: 1 });
    for (const step of ["thanks", "present", "bonus"])
      expect(await world.act(step)).toMatchObject([{ outcome: "deferred" }]);
    expect(await world.act("sorry")).toMatchObject([{ outcome: "done" }]);
    await sql`update complaints set status = 'solved'`.execute(db);
    await at(db, NOW + DAY);
    expect(await world.act("bonus", { attempt: 2, due: NOW + DAY })).toMatchObject([{ outcome: "done" }]);
    await at(db, NOW + 2 * DAY);
    expect(await world.act("present", { attempt: 2, due: NOW + 2 * DAY })).toMatchObject([{ outcome: "skipped" }]);
    expect((await world.ledger()).at(-1)).toMatchObject({ step: "thanks" });
    expect((await world.ledger()).find((row) => row.step === "present" && row.attempt === 2)?.reasons).toEqual([
      "expired",
    ]);
  });
});
