import { sql } from "kysely";
import { beforeAll, expect, test } from "vitest";
import type { Program } from "../../src/campaign/program.ts";
import { compareArms } from "../../src/report/arms.ts";
import { loadReport } from "../../src/report/load.ts";
import { setClock } from "../../src/store/clock.ts";
import { testSchema } from "../support/schema.ts";
import { program } from "./program.ts";
import { at, convert, customerOf, event, seedRun } from "./rows.ts";
import { seedWorld } from "./world.ts";

const { db } = await testSchema();
beforeAll(() => seedWorld(db));

test("once the run is closed every verdict is final", async () => {
  await setClock(db, new Date(at(95)), 0);
  await sql`update waits set status = 'expired' where status = 'open'`.execute(db);
  await sql`update challenges set status = 'closed', closed_at = ${at(10, 0)} where status = 'open'`.execute(db);
  await sql`update enrolments set status = 'measured'`.execute(db);
  await sql`update runs set status = 'closed', closed_at = ${at(95)}`.execute(db);
  const { targets, arms } = await loadReport(db, "winback-1");
  expect(targets.map((line) => [line.metric, line.open, line.verdict])).toEqual([
    ["participation_rate", 0, "missed"],
    ["conversion_rate", 0, "met"],
    ["repurchase_rate_30d", 0, "missed"],
    ["satisfaction_avg", 0, "met"],
    ["cost_per_participant", 0, "exceeded"],
    ["cost_per_participant", 0, "met"],
  ]);
  expect(arms.difference?.reading).toBe("too few");
});

test("thirty days are thirty days: the second before counts, the end does not", async () => {
  // e's challenge ended on 10 April 00:00, so its window ends on 10 May 00:00
  const { rows } = await sql<{
    customer: number;
  }>`select customer from enrolments order by number offset 4 limit 1`.execute(db);
  const buy = (id: string, when: string) =>
    sql`
    insert into orders (order_id, customer, paid_at, amount, currency, source) values (${id}, ${rows[0]!.customer}, ${when}, 100, 'CNY', 'test')`.execute(
      db,
    );
  const repurchased = async () => (await loadReport(db, "winback-1")).targets[2]!.numerator;
  const before = await repurchased();
  await buy("e1", "2026-05-10T00:00:00+08:00");
  expect(await repurchased()).toBe(before);
  await buy("e2", "2026-05-09T23:59:59+08:00");
  expect(await repurchased()).toBe(before + 1);
});

test("difference: claimed only with enough members, windows over, and 0 outside the interval", () => {
  const arm = (enrolled: number, converted: number, open = 0) => ({
    enrolled,
    live: 0,
    converted,
    conversionRate: converted / enrolled,
    revenue: 0,
    open,
  });
  expect(compareArms(arm(500, 100), arm(100, 5))?.reading).toBe("more");
  expect(compareArms(arm(500, 5), arm(100, 20))?.reading).toBe("fewer");
  expect(compareArms(arm(500, 60), arm(100, 10))?.reading).toBe("no difference shown");
  expect(compareArms(arm(500, 100), arm(100, 5, 1))?.reading).toBe("too early");
  expect(compareArms(arm(500, 500), arm(19, 0))?.reading).toBe("too few");
  expect(compareArms(arm(500, 100), { ...arm(1, 0), enrolled: 0 })).toBeNull();
});

test("where no challenge listens to the goal's event, the events themselves are participation", async () => {
  const { days: _, ...rest } = { days: 0, ...program };
  const visited: Program = {
    ...rest,
    campaign: "visit",
    goal: { ...program.goal, participation: { event: "visit", atLeast: 2 } },
  };
  const [a, b, c] = await seedRun(db, visited, { run: "visit-1", now: at(20), treated: 3, holdout: 1 });
  const visit = async (enrolment: number, day: number, type = "visit") =>
    event(db, await customerOf(db, enrolment), type, at(day));
  await visit(a!, 2);
  await visit(a!, 3);
  await visit(b!, 2);
  await visit(b!, 3, "check_in");
  await visit(c!, -3);
  await visit(c!, 4);
  await convert(db, a!, at(4), 500);
  const { targets } = await loadReport(db, "visit-1");
  expect(targets[0]).toMatchObject({ numerator: 1, denominator: 3, open: 2, verdict: "too early" });
});

test("a campaign without goal, targets, plan or budget has a report", async () => {
  const bare: Program = {
    ...program,
    campaign: "bare",
    plan: [],
    budget: [],
    goal: { onConvert: { mode: "continue" }, targets: [], watch: [] },
  };
  await seedRun(db, bare, { run: "bare-1", now: at(2), treated: 2, holdout: 1 });
  const report = await loadReport(db, "bare-1");
  expect(report).toMatchObject({
    targets: [],
    plan: [],
    daily: [],
    arms: { treatment: { enrolled: 2, converted: null }, difference: null },
    budget: { lines: [], participants: 0 },
  });
});
