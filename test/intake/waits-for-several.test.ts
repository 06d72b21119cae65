import { sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import { code, option, type WaitForStep } from "../../src/campaign/program.ts";
import { testSchema } from "../support/schema.ts";
import { all, enrol, type Enrolled, event, happen, openWait, program, rule, standStill } from "./world.ts";

const { db } = await testSchema();
beforeEach(() => standStill(db, "2026-04-10T04:00:00Z"));

const WEEK = { days: 7, minutes: 0 };
const base = { kind: "waitFor", event: "*", since: "step", within: WEEK } as const;
const after = { kind: "exit", id: "after", reason: "over" } as const;
const big = rule({ ">=": [{ var: "event.amount" }, 100] });
const any: WaitForStep = { ...base, id: "act", any: [{ event: "order.paid", where: big }, { event: "check_in" }] };
const both: WaitForStep = {
  ...base,
  id: "act",
  all: [{ event: "order.paid", where: big }, { event: "check_in" }, { event: "check_in" }],
};
const rich: WaitForStep = { ...base, id: "act", if: rule({ ">=": [{ var: "orders.sum_30d" }, 300] }) };

let people = 0;
async function waiting(step: WaitForStep, kind = "event"): Promise<{ member: Enrolled; run: string; id: string }> {
  const id = `W${++people}`;
  const { run, members } = await enrol(db, program({ act: step, after }), [id]);
  await openWait(db, members[0]!, "act", "*", kind);
  return { member: members[0]!, run, id };
}
const state = async ({ member, run }: { member: Enrolled; run: string }) => {
  const [wait] = await all(
    db,
    sql<{ status: string; outcome: number | null; parts: number }>`
    select status, outcome, parts from waits where enrolment = ${member.enrolment}`,
  );
  const stimuli = await all(db, sql<{ body: { outcome: number } }>`select body from stimuli where run = ${run}`);
  return { ...wait, told: stimuli.map(({ body }) => body.outcome) };
};
const at = "2026-04-10T03:00:00Z";
let orders = 0;
const paid = (id: string, amount: number) => event("order.paid", id, { order_id: `S${++orders}`, amount }, at);

describe("any of several", () => {
  test("the event that comes first tells which way", async () => {
    const one = await waiting(any);
    await happen(db, event("cart.updated", one.id, {}, at), paid(one.id, 20));
    expect(await state(one)).toMatchObject({ status: "open", told: [] });
    await happen(db, event("check_in", one.id, {}, at), paid(one.id, 200));
    expect(await state(one)).toMatchObject({ status: "met", outcome: option(1), told: [option(1)] });
  });
});

describe("all of several", () => {
  test("each has to come, in any order and over any time; it is told once", async () => {
    const one = await waiting(both);
    await happen(db, event("check_in", one.id, {}, at));
    expect(await state(one)).toMatchObject({ status: "open", parts: 0b110, told: [] });
    await happen(db, paid(one.id, 20));
    expect(await state(one)).toMatchObject({ status: "open", parts: 0b110, told: [] });
    await happen(db, paid(one.id, 150));
    expect(await state(one)).toMatchObject({ status: "met", outcome: code("met"), told: [code("met")] });
    await happen(db, paid(one.id, 150), event("check_in", one.id, {}, at));
    expect((await state(one)).told).toEqual([code("met")]);
  });

  test("in one go, too; and other people's events are none of theirs", async () => {
    const [one, other] = [await waiting(both), await waiting(both)];
    await happen(db, paid(one.id, 150), event("check_in", one.id, {}, at));
    expect(await state(one)).toMatchObject({ status: "met", told: [code("met")] });
    expect(await state(other)).toMatchObject({ status: "open", parts: 0, told: [] });
  });
});

describe("a condition", () => {
  test("is asked with what the event has changed", async () => {
    const one = await waiting(rich, "condition");
    await happen(db, paid(one.id, 200));
    expect(await state(one)).toMatchObject({ status: "open", told: [] });
    await happen(db, paid(one.id, 150));
    expect(await state(one)).toMatchObject({ status: "met", outcome: code("met"), told: [code("met")] });
  });

  test("is asked on any event of the customer's", async () => {
    const one = await waiting(rich, "condition");
    await sql`
      insert into orders (order_id, customer, paid_at, amount, currency, source)
      values (${`X${one.id}`}, ${one.member.customer}, ${at}, 50000, 'CNY', 'test')`.execute(db);
    await happen(db, event("page.seen", one.id, {}, at));
    expect(await state(one)).toMatchObject({ status: "met", told: [code("met")] });
  });
});
