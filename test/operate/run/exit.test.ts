import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { lookAtExits } from "../../../activities/exit-look.ts";
import { createActivities } from "../../../activities/index.ts";
import type { Rule } from "../../../src/campaign/program.ts";
import { event, happen, rule } from "../../intake/world.ts";
import { code, LAUNCH, newCustomers } from "../../activities/world.ts";
import { testSchema } from "../../support/schema.ts";
import { applied, launched, liveIn, onDay } from "../support/campaigns.ts";

const { db } = await testSchema();
const BOUGHT_TWICE: Rule = rule({ ">=": [{ var: "orders.count_30d" }, 2] });

beforeEach(async () => {
  await sql`truncate customers, campaigns, runs, events, orders, stimuli cascade`.execute(db);
  await onDay(db, 0);
});

async function started(audience = {}) {
  await applied(db, "spring", { exitWhen: BOUGHT_TWICE, ...audience });
  const { run } = await launched(db, "spring");
  await sql`update runs set status = 'running'`.execute(db);
  await sql`update cohorts set status = 'live'`.execute(db);
  return run;
}

const orders = (customer: number, count: number, at: Date) =>
  sql`
  insert into orders (order_id, customer, paid_at, amount, currency, source)
  select ${customer} || '-' || n || '-' || ${at}, ${customer}, ${at}, 100, 'CNY', 'test' from generate_series(1, ${count}::int) n`.execute(
    db,
  );

async function promotion(run: string, customer: number) {
  await sql`
    insert into messages (id, enrolment, customer, run, step, occurrence, channel, contact, template, kind, topic, locale, epoch, not_before, created_at)
    select 'm' || k || e.customer, e.id, e.customer, e.run, k, 1, 'email', c.id, 'hash', k, 'promotion', 'en', 0, ${LAUNCH}, ${LAUNCH}
    from enrolments e join contacts c on c.customer = e.customer, unnest(array['promotion', 'service']) k
    where e.run = ${run} and e.customer = ${customer}`.execute(db);
}

test("an event after which the customer meets exitWhen ends the enrolment, and its promotions stay here", async () => {
  const [one, two] = await newCustomers(db, 2);
  const run = await started();
  await promotion(run, one!);
  const { rows } = await sql<{ id: string }>`select customer_id as id from customers where id = ${one}`.execute(db);
  const paid = (order: string) => event("order.paid", rows[0]!.id, { order_id: order, amount: 10 });
  expect(await happen(db, paid("A"))).toEqual([{ order: "stored" }]);
  expect(await liveIn(db, run)).toEqual([one, two]);
  const [reaction] = await happen(db, paid("B"));
  expect(reaction).toMatchObject({ exited: [expect.any(Number)] });
  expect(await liveIn(db, run)).toEqual([two]);
  const messages = await sql`select kind, status, reason from messages order by kind`.execute(db);
  expect(messages.rows).toEqual([
    { kind: "promotion", status: "withheld", reason: "exit-when" },
    { kind: "service", status: "pending", reason: null },
  ]);
  const told = await sql`select member, body from stimuli`.execute(db);
  expect(told.rows).toEqual([{ member: 0, body: expect.objectContaining({ kind: "convert", epoch: 1, pc: -1 }) }]);
  const ended = await sql`select ended_reason as why, epoch from enrolments where customer = ${one}`.execute(db);
  expect(ended.rows).toEqual([{ why: "exit-when", epoch: 1 }]);
  // what the workflow had already asked comes to nothing
  const { act } = createActivities({ db, channels: ["email"], wake: () => undefined });
  const { rows: programs } = await sql<{ program: string }>`select program from runs`.execute(db);
  const batch = { run, cohort: 0, program: programs[0]!.program, pc: 0, occurrence: 1, attempt: 1, epoch: 0, due: 0 };
  expect(await act({ ...batch, members: [0] })).toMatchObject([{ outcome: code("ended"), members: [0] }]);
});

test("what no event told is found at 00:05 of the customer's own day, once a day", async () => {
  const [one, two] = await newCustomers(db, 2);
  await sql`update customers set timezone = 'America/New_York' where id = ${two}`.execute(db);
  const run = await started();
  for (const customer of [one!, two!]) await orders(customer, 2, LAUNCH);
  // 10:00 in Shanghai, 22:00 of the day before in New York, whose midnight is next
  expect(await lookAtExits(db, run)).toBe(2 * 60 + 5);
  expect(await liveIn(db, run)).toEqual([one, two]);
  await onDay(db, 3 / 24);
  expect(await lookAtExits(db, run)).toBe(11 * 60 + 5);
  expect(await liveIn(db, run)).toEqual([one]);
  await onDay(db, 1);
  await Promise.all([lookAtExits(db, run), lookAtExits(db, run)]);
  expect(await liveIn(db, run)).toEqual([]);
  const told = await sql`select count(*)::int as count from stimuli`.execute(db);
  expect(told.rows).toEqual([{ count: 2 }]);
});

test("who meets it already does not enter; the holdout does not end by it", async () => {
  const customers = await newCustomers(db, 8);
  await orders(customers[0]!, 2, LAUNCH);
  const run = await started({ holdout: 0.5 });
  expect(await liveIn(db, run)).toEqual(customers.slice(1));
  for (const customer of customers.slice(1)) await orders(customer, 2, LAUNCH);
  await onDay(db, 1);
  await lookAtExits(db, run);
  const { rows } =
    await sql`select arm, status, count(*)::int as count from enrolments group by 1, 2 order by 1`.execute(db);
  expect(rows).toEqual([
    { arm: "holdout", status: "live", count: 3 },
    { arm: "treatment", status: "ended", count: 4 },
  ]);
});
