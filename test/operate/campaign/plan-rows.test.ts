import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { closeReachedRows } from "../../../activities/plan-row.ts";
import type { Program } from "../../../src/campaign/program.ts";
import { planCampaign } from "../../../src/operate/campaign/plan.ts";
import { showPlan } from "../../../src/operate/campaign/plan-show.ts";
import { taskDone } from "../../../src/operate/task/task.ts";
import { now } from "../../../src/store/clock.ts";
import { transaction } from "../../../src/store/database.ts";
import { loadRun } from "../../../src/store/run.ts";
import { newCustomers } from "../../activities/world.ts";
import { testSchema } from "../../support/schema.ts";
import { applied, days, launched, onDay } from "../support/campaigns.ts";

const { db } = await testSchema();
const row = { phase: "first", owner: "marketing", resources: [], after: [], gate: false };
const plan: Partial<Program> = {
  phases: [
    { id: "first", days: 10 },
    { id: "second", days: 10 },
  ],
  goal: {
    convert: { event: "order.paid", within: days(30) },
    onConvert: { mode: "continue" },
    targets: [],
    watch: [],
  },
  plan: [
    { ...row, id: "brief", title: "Brief the team", from: 0, to: 1 },
    { ...row, id: "design", title: "Design", from: 2, to: 4, after: ["brief"] },
    {
      ...row,
      id: "enough",
      title: "Enough have bought",
      from: 3,
      to: 9,
      after: ["design"],
      gate: true,
      doneWhen: { metric: "conversion_rate", atLeast: 0.5 },
    },
  ],
};

beforeEach(async () => {
  await sql`truncate customers, campaigns, runs cascade`.execute(db);
  await onDay(db, 0);
});

async function buy(run: string, count: number): Promise<void> {
  await sql`
    insert into events (source, event_id, customer_id, type, occurred_at, received_at, reacted_at, customer)
    select 'test', e.id::text, 'x', 'order.paid', e.entered_at, e.entered_at, e.entered_at, e.customer
    from enrolments e where run = ${run} order by e.id limit ${count}
    on conflict do nothing`.execute(db);
  await sql`
    insert into conversions (enrolment, customer, event, at, reacted_seq)
    select e.id, e.customer, v.id, v.occurred_at, 1 from enrolments e join events v on v.customer = e.customer
    where e.run = ${run} on conflict do nothing`.execute(db);
}

const look = (run: string, program: Program) =>
  transaction(db, async (tx) => closeReachedRows(tx, await loadRun(tx, run, "for update"), program, await now(tx)));
const states = async () =>
  (
    await sql<{
      id: string;
      status: string;
      by: string | null;
    }>`select id, status, done_by as by from tasks order by id`.execute(db)
  ).rows.map(({ id, status, by }) => `${id.split("/").pop()} ${status} ${by ?? "-"}`);

test("a row is not done before those it comes after; the refusal names what is to be done first", async () => {
  await newCustomers(db, 2);
  await applied(db, "planned", {}, plan);
  const { run } = await launched(db, "planned");
  await expect(taskDone(db, `${run}/plan/design`, {})).rejects.toMatchObject({
    faults: [{ message: { en: 'comes after "Brief the team", which is not done' } }],
  });
  await taskDone(db, `${run}/plan/brief`, { by: "me" });
  expect(await taskDone(db, `${run}/plan/design`, { by: "me" })).toMatchObject({ status: "done" });
});

test("a row with a metric is done of itself once that is reached, in its time and after the rows before it; its gate opens", async () => {
  await newCustomers(db, 4);
  const program = await applied(db, "planned", {}, plan);
  const { run } = await launched(db, "planned");
  await buy(run, 2);
  // its first day begins on 4 April at 00:00 in Shanghai
  expect(await look(run, program)).toBe((2 * 24 + 14) * 60);
  await onDay(db, 3);
  expect(await look(run, program)).toBe(60);
  expect(await states()).toEqual(["brief open -", "design open -", "enough open -"]);
  for (const id of ["brief", "design"]) await taskDone(db, `${run}/plan/${id}`, { by: "me" });
  expect(await look(run, program)).toBe(Infinity);
  expect(await states()).toEqual(["brief done me", "design done me", "enough done metric"]);
});

test("what is not reached holds the next phase, which then begins late", async () => {
  await newCustomers(db, 4);
  const program = await applied(db, "planned", {}, plan);
  const { run } = await launched(db, "planned");
  for (const id of ["brief", "design"]) await taskDone(db, `${run}/plan/${id}`, {});
  await buy(run, 1);
  await onDay(db, 12);
  expect(await look(run, program)).toBe(60);
  await buy(run, 2);
  expect(await look(run, program)).toBe(Infinity);
  const { rows } =
    await sql`select id, start_day - planned_day as moved from run_phases where run = ${run} order by phase`.execute(
      db,
    );
  expect(rows).toEqual([
    { id: "first", moved: 0 },
    { id: "second", moved: 3 },
  ]);
});

test("the plan shows the condition in words of the reader", async () => {
  const program = await applied(db, "planned", {}, plan);
  const shown = await planCampaign(db, program, ["email"]);
  expect(showPlan(shown, "en")).toContain("Conversion rate ≥ 50.0%");
  expect(showPlan(shown, "zh-CN")).toContain("转化率 ≥ 50.0%");
});
