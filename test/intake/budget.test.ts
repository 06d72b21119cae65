import { sql } from "kysely";
import { expect, test } from "vitest";
import type { CouponPool, OpenChallengeStep } from "../../src/campaign/program.ts";
import { testSchema } from "../support/schema.ts";
import { enrol, event, happen, openChallenge, program, standStill, START } from "./world.ts";

const { db } = await testSchema();
const name = { en: "Tea", "zh-CN": "茶" };
const days: OpenChallengeStep = {
  kind: "challengeOpen",
  id: "days",
  event: "check_in",
  days: 30,
  at: 540,
  gifts: [{ every: 1, gift: "mug" }],
};

test("a check-in's gift is not given once its budget line is spent, and the line's team hears of it once", async () => {
  await standStill(db, "2026-04-03T04:00:00Z");
  const document = program(
    { "days/open": days },
    { budget: [{ id: "gifts", planned: 5_000, items: [], team: "sales" }] },
  );
  const { run, members } = await enrol(db, document, ["A", "B", "C", "D"]);
  await sql`update budget_lines set planned = 5000 where run = ${run}`.execute(db);
  for (const member of members) await openChallenge(db, member, 20_544);
  const reactions = await happen(db, ...members.map((member) => event("check_in", member.customerId)));
  const statuses = reactions.map(
    (reaction) => (reaction.checkIns as { gifts: { status: string }[] }[])[0]!.gifts[0]!.status,
  );
  expect(statuses).toEqual(["granted", "granted", "budget-spent", "budget-spent"]);
  const { rows } = await sql`select booked from budget_lines where run = ${run}`.execute(db);
  expect(rows).toEqual([{ booked: 4_000 }]);
  const tasks = await sql`select id, kind, team from tasks where run = ${run}`.execute(db);
  expect(tasks.rows).toEqual([{ id: `${run}/budget/gifts`, kind: "budget", team: "sales" }]);
});

test.each([
  ["redemption", "issued", 500],
  ["issue", "issued", 0], // it was booked when it was given
  ["issue", "expired", 500], // it had been given back
] as const)("booked at %s, a code that was %s costs %i when it is used", async (bookAt, status, cost) => {
  await standStill(db, START);
  const pool: CouponPool = {
    id: `tea-${bookAt}-${status}`,
    name,
    amountOff: 500,
    minimum: 0,
    validFor: { days: 1, minutes: 0 },
    prefix: "TEA",
    limit: 9,
    line: "gifts",
    bookAt,
  };
  const { run, members } = await enrol(db, program({}, { coupons: { [pool.id]: pool } }), [`R-${pool.id}`]);
  await sql`insert into coupon_pools (id, capacity, reserved) values (${pool.id}, 9, 1)`.execute(db);
  const code = `TEA-${status}-${bookAt}`;
  await sql`
    insert into coupons (code, pool, enrolment, step, occurrence, customer, status, reserved_at, expires_at)
    values (${code}, ${pool.id}, ${members[0]!.enrolment}, 'offer', 1, ${members[0]!.customer}, ${status}, ${START}, ${START})`.execute(
    db,
  );
  const used = () => event("coupon.redeemed", members[0]!.customerId, { code });
  expect(await happen(db, used(), used())).toEqual([{ coupon: "redeemed" }, { coupon: "redeemed" }]);
  await happen(db, used());
  const { rows } = await sql`select booked from budget_lines where run = ${run} and line = 'gifts'`.execute(db);
  expect(rows).toEqual([{ booked: cost }]);
});
