import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import type { Rule } from "../../../src/campaign/program.ts";
import { drainRun } from "../../../src/operate/run/drain.ts";
import { launchIn } from "../../../src/operate/run/launch.ts";
import { letIn as letInto, openLines } from "../../../src/operate/run/line.ts";
import { pauseRun, resumeRun, stopRun } from "../../../src/operate/run/pause.ts";
import { now } from "../../../src/store/clock.ts";
import { lockCustomers } from "../../../src/store/customer.ts";
import { type Database, transaction } from "../../../src/store/database.ts";
import { endEnrolments } from "../../../src/store/enrolment.ts";
import { linesDue } from "../../../src/store/line-look.ts";
import { newCustomers } from "../../activities/world.ts";
import { testSchema } from "../../support/schema.ts";
import { applied, days, ends, launched, line, liveIn, onDay } from "../support/campaigns.ts";

const { db } = await testSchema();
const GROUP = { group: "promotion", restAfter: days(7), onConflict: "queue" as const };

beforeEach(async () => {
  await sql`truncate customers, campaigns, runs, line_wakes cascade`.execute(db);
  await onDay(db, 0);
});

/** Looks at the line of a run, whatever was heard of it. */
async function letIn(db: Database, run: string) {
  const { rows } = await sql<{ campaign: string; group: string | null }>`
    select campaign, exclusive_group as "group" from runs where id = ${run}`.execute(db);
  return letInto(db, { run, ...rows[0]! });
}

/** What the worker does each second, until nothing is left to be looked at. */
async function look(): Promise<void> {
  const lines = openLines(db);
  do await lines.look();
  while ((await linesDue(db)).due > 0);
}

/** Ends customers' live enrolments in a run as their journeys do, each in a transaction of its own. */
async function leave(run: string, customers: number[]): Promise<void> {
  await Promise.all(
    customers.map((customer) =>
      transaction(db, async (tx) => {
        await lockCustomers(tx, [customer]);
        const { rows } = await sql<{ id: number }>`
          select id from enrolments where run = ${run} and customer = ${customer} and status = 'live' for no key update`.execute(
          tx,
        );
        await endEnrolments(
          tx,
          rows.map(({ id }) => id),
          "completed",
          await now(tx),
        );
      }),
    ),
  );
}

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
  expect(await letIn(db, second.run)).toBe("emptied");
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
  expect(await letIn(db, run)).toBe("stays");
  // 10:00 in Shanghai: fourteen hours until the next day
  expect((await linesDue(db)).next).toEqual(new Date("2026-04-01T16:00:00Z"));
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

test("a place that becomes free is taken at the next look, by who has waited longest", async () => {
  const customers = await newCustomers(db, 5);
  await applied(db, "small", { concurrent: 2 });
  const { run } = await launched(db, "small");
  await look();
  expect(await liveIn(db, run)).toEqual(customers.slice(0, 2));
  await leave(run, [customers[1]!]);
  expect((await linesDue(db)).due).toBe(1);
  await look();
  expect(await liveIn(db, run)).toEqual([customers[0], customers[2]]);
  // an older run of the same campaign counts too
  await leave(run, [customers[0]!, customers[2]!]);
  await look();
  expect(await liveIn(db, run)).toEqual(customers.slice(3));
  expect(await linesDue(db)).toEqual({ due: 0, next: null });
});

test("while many leave and many look, no more are inside than the campaign may hold, and nobody is forgotten", async () => {
  const customers = await newCustomers(db, 60);
  await applied(db, "small", { concurrent: 7 });
  const { run } = await launched(db, "small");
  const lookers = Array.from({ length: 4 }, () => openLines(db));
  let most = 0;
  let left = customers.length;
  while (left > 0) {
    const inside = await liveIn(db, run);
    most = Math.max(most, inside.length);
    await Promise.all([leave(run, inside.slice(0, 5)), ...lookers.map((lines) => lines.look())]);
    await look();
    left =
      customers.length -
      (await sql`select from enrolments where run = ${run} and status = 'ended'`.execute(db)).rows.length;
  }
  expect(most).toBe(7);
  expect(await line(db, run)).toEqual({ enrolled: 60 });
});

test("the end of a rest lets in by itself, at its minute; so does the end of another campaign that is stopped", async () => {
  const [one, two] = await newCustomers(db, 2);
  await applied(db, "first", { exclusive: GROUP });
  const first = await launched(db, "first");
  await applied(db, "second", { exclusive: GROUP });
  const second = await launched(db, "second");
  await onDay(db, 1);
  await leave(first.run, [one!]);
  await look();
  expect(await linesDue(db)).toEqual({ due: 0, next: new Date("2026-04-09T02:00:00Z") });
  await onDay(db, 8);
  await look();
  expect(await liveIn(db, second.run)).toEqual([one]);
  await stopRun(db, first.run);
  await look();
  expect((await linesDue(db)).next).toEqual(new Date("2026-04-16T02:00:00Z"));
  await onDay(db, 15);
  await look();
  expect(await liveIn(db, second.run)).toEqual([one, two]);
});

test("who gives up waiting, or is held out, stands before nobody of the other lines any more", async () => {
  const customers = await newCustomers(db, 4);
  const free = { ...GROUP, restAfter: days(0) };
  await applied(db, "now", { exclusive: free });
  const running = await launched(db, "now");
  await applied(db, "urgent", { exclusive: { ...free, priority: 5, queueFor: days(3) } });
  const urgent = await launched(db, "urgent");
  await applied(db, "patient", { exclusive: free });
  const patient = await launched(db, "patient");
  await pauseRun(db, urgent.run);
  await leave(running.run, customers);
  await look();
  // the first in line stands still
  expect(await liveIn(db, patient.run)).toEqual([]);
  await onDay(db, 3);
  await resumeRun(db, urgent.run);
  await look();
  expect(await line(db, urgent.run)).toEqual({ expired: 4 });
  expect(await liveIn(db, patient.run)).toEqual(customers);
});

test("what becomes free while a launch is under way is not missed by those whom it puts in line", async () => {
  const [one] = await newCustomers(db, 1);
  const free = { ...GROUP, restAfter: days(0) };
  await applied(db, "first", { exclusive: free });
  const first = await launched(db, "first");
  await applied(db, "second", { exclusive: free });
  const second = await transaction(db, async (tx) => {
    const { run } = await launchIn(tx, { campaign: "second", reach: "inbox", confirmed: true, acceptStale: true });
    await leave(first.run, [one!]);
    await openLines(db).look();
    return run;
  });
  await look();
  expect(await liveIn(db, second)).toEqual([one]);
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
