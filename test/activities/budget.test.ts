import { sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import type { BudgetLine, CouponPool, Gift, GiftStep, Program, SendStep } from "../../src/campaign/program.ts";
import { expireCoupons } from "../../src/store/coupon.ts";
import { transaction } from "../../src/store/database.ts";
import { redeemCoupons } from "../../src/store/redemption.ts";
import { settleMeans } from "../../src/store/message-commit.ts";
import { testSchema } from "../support/schema.ts";
import { at, count, enrolled, LAUNCH, NO_POLICY, programOf, type World } from "./world.ts";

const { db } = await testSchema();
beforeEach(async () => void (await at(db, LAUNCH)));

const name = { en: "Thanks", "zh-CN": "感谢" };
const DAY = { days: 1, minutes: 0 };
const line = (planned: number, more: Partial<BudgetLine> = {}): BudgetLine => ({
  id: "means",
  planned,
  items: [],
  team: "marketing",
  ...more,
});
const mug: Gift = { id: "budget-mug", name, unitCost: 2_000, stock: 1_000, line: "means" };
const tea: CouponPool = {
  id: "budget-tea",
  name,
  amountOff: 500,
  minimum: 0,
  validFor: DAY,
  prefix: "TEA",
  limit: 1_000,
  line: "means",
};
const gift: GiftStep = { kind: "gift", id: "present", gift: mug.id, sendKind: "promotion", validFor: DAY };
const mail: SendStep = {
  kind: "send",
  id: "hello",
  channels: ["sms", "email"],
  template: "invite",
  sendKind: "promotion",
  topic: "promotion",
  validFor: DAY,
};
const offer: SendStep = { ...mail, id: "offer", channels: ["email"], coupon: tea.id };
const last: GiftStep = { ...gift, id: "last" };

async function world(budget: BudgetLine, more: Partial<Program> = {}, size = 3): Promise<World> {
  const steps = { present: gift, hello: mail, offer, last };
  const program = programOf(steps, { budget: [budget], gifts: { [mug.id]: mug }, coupons: { [tea.id]: tea }, ...more });
  const made = await enrolled(db, { program, size, channels: ["email", "sms"] });
  await sql`insert into budget_lines (run, line, planned) values (${made.run}, 'means', ${budget.planned})`.execute(db);
  return made;
}
async function booked({ run }: World): Promise<number> {
  const { rows } = await sql<{ booked: number; summed: number }>`
    select l.booked, (select coalesce(sum(amount), 0)::bigint from budget_entries b where b.run = l.run) as summed
    from budget_lines l where l.run = ${run}`.execute(db);
  expect(rows[0]!.booked).toBe(rows[0]!.summed);
  return rows[0]!.booked;
}
const tasks = async ({ run }: World) =>
  (await sql`select id, kind, team, title, status from tasks where run = ${run}`.execute(db)).rows;
const reasons = async (of: World) => (await of.ledger()).map((row) => row.reasons);

describe("a budget line", () => {
  test("is never overdrawn, however many spend on it at once, and its team is told once", async () => {
    const spender = await world(line(10_700), {}, 40);
    const chunks = Array.from({ length: 8 }, (_, i) => Array.from({ length: 5 }, (__, j) => 5 * i + j));
    await Promise.all(
      chunks.flatMap((members) => [spender.act("present", { members }), spender.act("offer", { members })]),
    );
    const total = await booked(spender);
    expect(total).toBeLessThanOrEqual(10_700);
    // nothing was refused that still could be paid
    expect(10_700 - total).toBeLessThan(500);
    const gifts = await count(db, "gifts", `enrolment = any('{${spender.enrolments.join()}}') and status = 'granted'`);
    const codes = await count(db, "coupons", `enrolment = any('{${spender.enrolments.join()}}')`);
    expect(gifts * 2_000 + codes * 500).toBe(total);
    expect(await tasks(spender)).toEqual([
      {
        id: `${spender.run}/budget/means`,
        kind: "budget",
        team: "marketing",
        title: "预算科目 means 已用完：相关发放已停止",
        status: "open",
      },
    ]);
    const skipped = (await spender.ledger()).filter((row) => row.outcome === "skipped");
    expect(skipped.length).toBe(80 - gifts - codes);
    for (const row of skipped) expect(row.reasons).toEqual(["budget-spent:means"]);
  });

  test("counts what was recorded by hand", async () => {
    const spender = await world(line(4_000), {}, 2);
    await sql`insert into budget_entries (run, line, amount, at) values (${spender.run}, 'means', 1500, ${LAUNCH})`.execute(
      db,
    );
    expect((await spender.act("present")).map((each) => each.outcome)).toEqual(["done", "skipped"]);
    expect(await booked(spender)).toBe(3_500);
  });

  test("that the run does not have limits nothing", async () => {
    const free = await enrolled(db, {
      program: programOf({ present: gift, last }, { gifts: { [mug.id]: mug } }),
      size: 2,
    });
    expect((await free.act("present")).map((each) => each.outcome)).toEqual(["done", "done"]);
  });
});

describe("messages", () => {
  const policy = { ...NO_POLICY, channelCosts: { sms: 10 } };
  async function reachable(of: World) {
    await sql`
      insert into contacts (customer, kind, value, created_at)
      select c, 'phone', '+86139' || (10000000 + c), ${LAUNCH} from unnest(${of.customers}::bigint[]) c`.execute(db);
    await sql`
      insert into consents (customer, channel, granted, source, at)
      select c, 'sms', true, 'test', ${LAUNCH} from unnest(${of.customers}::bigint[]) c`.execute(db);
  }

  test("go by the next channel of the chain when the line of the first is spent", async () => {
    const sender = await world(line(25, { channels: ["sms"] }), { policy });
    await reachable(sender);
    expect((await sender.act("hello")).map((each) => each.outcome)).toEqual(["queued", "queued", "queued"]);
    const { rows } = await sql`select channel from messages where run = ${sender.run} order by enrolment`.execute(db);
    expect(rows.map((row) => (row as { channel: string }).channel)).toEqual(["sms", "sms", "email"]);
    expect(await reasons(sender)).toEqual([[], [], ["budget-spent:means"]]);
    expect(await booked(sender)).toBe(20);
    expect(await tasks(sender)).toHaveLength(1);
  });

  test("that never leave give their cost and their coupon's back, once", async () => {
    const both = { channels: ["email"] };
    const sender = await world(line(5_000, both), { policy: { ...NO_POLICY, channelCosts: { email: 1 } } }, 2);
    await sender.act("offer");
    expect(await booked(sender)).toBe(2 * 501);
    const effect = { enrolment: sender.enrolments[0]!, step: "offer", occurrence: 1, status: "withheld" };
    for (let i = 0; i < 2; i++) await transaction(db, (tx) => settleMeans(tx, [effect], LAUNCH));
    expect(await booked(sender)).toBe(501);
  });
});

describe("a coupon's cost", () => {
  const code = async (of: World, member: number) => {
    const { rows } = await sql<{ code: string }>`
      select code from coupons where enrolment = ${of.enrolments[member]}`.execute(db);
    return rows[0]!.code;
  };

  test("is set aside while the code is out and free again when its time is over", async () => {
    const giver = await world(line(1_000));
    expect((await giver.act("offer")).map((each) => each.outcome)).toEqual(["queued", "queued", "skipped"]);
    expect(await booked(giver)).toBe(1_000);
    await sql`update coupons set status = 'issued' where enrolment = any(${giver.enrolments}::bigint[])`.execute(db);
    const used = { code: await code(giver, 0), customer: giver.customers[0]!, order_id: null, at: LAUNCH };
    await transaction(db, (tx) => redeemCoupons(tx, [used]));
    await transaction(db, (tx) => expireCoupons(tx, giver.run, new Date(LAUNCH.getTime() + 2 * 86_400_000)));
    expect(await booked(giver)).toBe(500); // what was used stays booked
    expect(await count(db, "coupons", `enrolment = ${giver.enrolments[1]} and status = 'expired'`)).toBe(1);
  });

  test("may be booked when it is used instead; then codes are out before the line is spent", async () => {
    const pool: CouponPool = { ...tea, bookAt: "redemption" };
    const giver = await world(line(600), { coupons: { [tea.id]: pool } });
    expect((await giver.act("offer")).map((each) => each.outcome)).toEqual(["queued", "queued", "queued"]);
    expect(await booked(giver)).toBe(0);
  });
});
