import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { letIn } from "../../activities/entry.ts";
import type { Rule } from "../../src/campaign/program.ts";
import { drainRun } from "../../src/operate/drain.ts";
import { newCustomers } from "../activities/world.ts";
import { testSchema } from "../support/schema.ts";
import { applied, days, ends, launched, line, liveIn, onDay } from "./support/campaigns.ts";

const { db } = await testSchema();
const GROUP = { group: "promotion", restAfter: days(7), onConflict: "queue" as const };

beforeEach(async () => {
  await sql`truncate customers, campaigns, runs cascade`.execute(db);
  await onDay(db, 0);
});

test("eight campaigns of one group launched at once take each customer exactly once", async () => {
  const customers = await newCustomers(db, 400);
  const exclusive = { ...GROUP, onConflict: "skip" as const };
  const ids = Array.from({ length: 8 }, (_, i) => `camp-${i}`);
  for (const id of ids) await applied(db, id, { exclusive, limit: 100 });
  const runs = await Promise.allSettled(ids.map((id) => launched(db, id)));
  const { rows } = await sql<{ customer: number; times: number }>`
    select customer, count(*)::int as times from enrolments group by customer`.execute(db);
  expect(rows).toHaveLength(customers.length);
  expect(rows.every((row) => row.times === 1)).toBe(true);
  // the first four find a hundred each, the others nobody
  expect(runs.filter((run) => run.status === "fulfilled")).toHaveLength(4);
  expect(runs.flatMap((run) => (run.status === "rejected" ? [String(run.reason)] : []))).toEqual(
    Array.from({ length: 4 }, () => expect.stringContaining("nobody is in the audience")),
  );
});

test("who is taken by another campaign enters once that is over and rested from, and only once", async () => {
  const [one, two] = await newCustomers(db, 2);
  await applied(db, "first", { exclusive: GROUP });
  const first = await launched(db, "first");
  await applied(
    db,
    "second",
    { exclusive: GROUP },
    {
      goal: {
        convert: { event: "order.paid", within: days(10) },
        onConvert: { mode: "continue" },
        targets: [],
        watch: [],
      },
    },
  );
  const second = await launched(db, "second");
  expect(second).toMatchObject({ treatment: 0, cohorts: 0, waiting: 2 });
  await ends(db, first.run, one!);
  await onDay(db, 6);
  await letIn(db, second.run);
  expect(await liveIn(db, second.run)).toEqual([]);
  await onDay(db, 8);
  await Promise.all(Array.from({ length: 8 }, () => letIn(db, second.run)));
  expect(await liveIn(db, second.run)).toEqual([one]);
  expect(await liveIn(db, first.run)).toEqual([two]);
  expect(await line(db, second.run)).toEqual({ enrolled: 1, waiting: 1 });
  const { rows } = await sql`
    select c.status, c.size, w.until::text as until from cohorts c, waits w where c.run = ${second.run}`.execute(db);
  // a conversion counts from the day of entering
  expect(rows).toEqual([{ status: "starting", size: 1, until: "2026-04-19 02:00:00+00" }]);
});

test("who waits too long, or is in the audience no more, leaves the line", async () => {
  const [one] = await newCustomers(db, 3);
  await applied(db, "first", { exclusive: GROUP });
  const first = await launched(db, "first");
  await applied(db, "second", { exclusive: { ...GROUP, queueFor: days(5) }, rule: notNamed("gone") });
  const second = await launched(db, "second");
  await sql`update customers set traits = '{"gone": "yes"}' where id = ${one}`.execute(db);
  await letIn(db, second.run);
  expect(await line(db, second.run)).toEqual({ waiting: 2, left: 1 });
  await onDay(db, 5);
  expect(await letIn(db, second.run)).toBe(Infinity);
  expect(await line(db, second.run)).toEqual({ expired: 2, left: 1 });
  expect(await liveIn(db, first.run)).toHaveLength(3);
});

test("of those who wait for the same customer the higher priority enters first, whoever came first", async () => {
  const [one] = await newCustomers(db, 1);
  await applied(db, "now", { exclusive: GROUP });
  await applied(db, "early", { exclusive: GROUP });
  await applied(db, "urgent", { exclusive: { ...GROUP, priority: 5 } });
  await applied(db, "hasty", { exclusive: { ...GROUP, onConflict: "skip" } });
  const now = await launched(db, "now");
  const early = await launched(db, "early");
  await onDay(db, 1);
  const urgent = await launched(db, "urgent");
  await ends(db, now.run, one!);
  await onDay(db, 20);
  // a campaign that waits for nobody does not jump the queue either
  await expect(launched(db, "hasty")).rejects.toThrow("nobody is in the audience");
  await letIn(db, early.run);
  expect(await liveIn(db, early.run)).toEqual([]);
  await letIn(db, urgent.run);
  await letIn(db, early.run);
  expect(await liveIn(db, urgent.run)).toEqual([one]);
  expect(await line(db, early.run)).toEqual({ waiting: 1 });
});

test("no more enter in a day, and no more are inside at a time, than the campaign may hold", async () => {
  const customers = await newCustomers(db, 10);
  await applied(db, "slow", { entryCap: { max: 4, per: "day" }, concurrent: 6 });
  const { run, ...counts } = await launched(db, "slow");
  expect(counts).toMatchObject({ treatment: 4, waiting: 6 });
  // 10:00 in Shanghai: fourteen hours until the next day
  expect(await letIn(db, run)).toBe(14 * 60);
  expect(await liveIn(db, run)).toHaveLength(4);
  await onDay(db, 1);
  await Promise.all(Array.from({ length: 8 }, () => letIn(db, run)));
  expect(await liveIn(db, run)).toEqual(customers.slice(0, 6));
  await ends(db, run, customers[0]!);
  await Promise.all(Array.from({ length: 8 }, () => letIn(db, run)));
  expect(await liveIn(db, run)).toEqual(customers.slice(1, 7));
});

test("a holdout is drawn over those in line too, and takes no room", async () => {
  await newCustomers(db, 40);
  await applied(db, "slow", { concurrent: 5, holdout: 0.25 });
  const { treatment, waiting } = await launched(db, "slow");
  expect(treatment).toBe(5);
  const { rows } = await sql<{ arm: string; count: number }>`
    select arm, count(*)::int as count from entries group by arm order by arm`.execute(db);
  expect(rows).toEqual([
    { arm: "holdout", count: 10 },
    { arm: "treatment", count: 30 },
  ]);
  expect(waiting).toBeGreaterThanOrEqual(25);
});

test("a run that drains lets nobody in; those inside go on", async () => {
  const customers = await newCustomers(db, 5);
  await applied(db, "slow", { concurrent: 2 });
  const { run } = await launched(db, "slow");
  expect(await drainRun(db, run)).toEqual({ run, dropped: 3, live: 2 });
  await ends(db, run, customers[0]!);
  await letIn(db, run);
  expect(await liveIn(db, run)).toEqual([customers[1]]);
  expect(await drainRun(db, run)).toEqual({ run, dropped: 0, live: 1 });
});

function notNamed(trait: string): Rule {
  return {
    op: "!",
    type: "boolean",
    args: [
      {
        op: "==",
        type: "boolean",
        args: [
          {
            op: "var",
            name: `customer.traits.${trait}`,
            type: "string",
            source: { from: "trait", trait, exponent: 2 },
          },
          { op: "literal", type: "string", value: "yes" },
        ],
      },
    ],
  };
}
