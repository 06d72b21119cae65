import { beforeAll, expect, test } from "vitest";
import { loadReport, type Report } from "../../src/report/load.ts";
import { testSchema } from "../support/schema.ts";
import { at } from "./rows.ts";
import { seedWorld } from "./world.ts";

const { db } = await testSchema();
let report: Report;

/** The world is in world.ts; every figure below was counted from its rows by hand. */
beforeAll(async () => {
  await seedWorld(db);
  report = await loadReport(db, "winback-1");
});

test("head names the run, its clock and its phases with their shift", () => {
  expect(report.head).toMatchObject({
    run: "winback-1",
    campaign: "winback",
    status: "running",
    now: new Date(at(20)).toISOString(),
    currency: "CNY",
    pauses: 0,
    phases: [
      { id: "warm-up", start: "2026-04-01", days: 10, shiftedBy: 0 },
      { id: "execution", start: "2026-04-12", days: 30, shiftedBy: 1 },
    ],
  });
  expect(report.head.program).toMatch(/^[0-9a-f]{64}$/);
});

test("targets, counted by hand", () => {
  const figures = report.targets.map(({ metric, numerator, denominator, open, verdict, asOfNow }) => [
    metric,
    numerator,
    denominator,
    open,
    verdict,
    asOfNow,
  ]);
  expect(figures).toEqual([
    // a–f of ten checked in; i's challenge is not shut, j never had one: both are live
    ["participation_rate", 6, 10, 2, "too early", "missed"],
    // a, f, j; the seven others have until day 92
    ["conversion_rate", 3, 10, 7, "too early", "met"],
    // a, f of a–f; b, c, d, e have time until 10 May; i and j may still take part
    ["repurchase_rate_30d", 2, 6, 6, "too early", "missed"],
    // 5 + 4; eight have not rated and are under way
    ["satisfaction_avg", 9, 2, 8, "too early", "met"],
    // 40.00 of mugs and 200.00 by hand, over six
    ["cost_per_participant", 24_000, 6, 2, "too early", "exceeded"],
    ["cost_per_participant", 30_000, 6, 2, "too early", "met"],
  ]);
  expect(report.targets[4]).toMatchObject({ value: 4_000, gap: -1_000, basis: "actual" });
  for (const target of report.targets)
    expect(target.definition.en.length * target.definition["zh-CN"].length).toBeGreaterThan(100);
});

test("arms side by side", () => {
  expect(report.arms.treatment).toMatchObject({
    enrolled: 10,
    live: 10,
    converted: 3,
    conversionRate: 0.3,
    revenue: 18_500,
    open: 7,
  });
  expect(report.arms.holdout).toMatchObject({
    enrolled: 4,
    live: 0,
    converted: 1,
    conversionRate: 0.25,
    revenue: 7_777,
    open: 3,
  });
  expect(report.arms.difference).toMatchObject({ value: expect.closeTo(0.05, 10), reading: "too few" });
});

test("funnel in journey order, with the ends of waits and without bookkeeping steps", () => {
  const rows = report.funnel.map(({ step, root, entered, decisions, outcomes }) => [
    step,
    root,
    entered,
    decisions,
    outcomes,
  ]);
  expect(rows).toEqual([
    ["invite", "invite", 10, 10, { queued: 8, skipped: 2 }],
    ["days/open", "days", 9, 9, { opened: 9 }],
    ["days/day", "days", 2, 4, { queued: 3, skipped: 1 }],
    ["days/reminder", "days", 0, 0, {}],
    ["days/close", "days", 0, 0, {}],
    ["enough", "enough", 3, 3, { "case 1": 2, no: 1 }],
    ["call", "call", 4, 4, { interested: 1, "no-answer": 1, waiting: 1, overdue: 1 }],
    ["survey", "survey", 3, 3, { met: 2, skipped: 1 }],
  ]);
});

test("every reason not to act, or to act later or otherwise", () => {
  expect(report.reasons).toContainEqual({
    step: "invite",
    outcome: "skipped",
    reason: "no-consent:email",
    decisions: 2,
    members: 2,
  });
  expect(report.reasons).toContainEqual({
    step: "invite",
    outcome: "deferred",
    reason: "quiet-hours",
    decisions: 1,
    members: 1,
  });
  expect(report.reasons).toContainEqual({
    step: "invite",
    outcome: "queued",
    reason: "channel-not-configured:wecom-customer",
    decisions: 1,
    members: 1,
  });
  expect(report.reasons).toHaveLength(6);
});

test("messages by channel and status, with what became of them", () => {
  expect(report.messages).toEqual({
    total: 6,
    byChannel: [
      { channel: "email", kind: "promotion", status: "accepted", messages: 2 },
      { channel: "email", kind: "promotion", status: "rejected", messages: 1 },
      { channel: "email", kind: "promotion", status: "withheld", messages: 1 },
      { channel: "email", kind: "service", status: "accepted", messages: 2 },
    ],
    reasons: [
      { channel: "email", status: "rejected", reason: "550", messages: 1 },
      { channel: "email", status: "withheld", reason: "superseded", messages: 1 },
    ],
    reactions: { open: 2, click: 1, unsubscribe: 0 },
  });
});

test("daily participation has no gaps", () => {
  const row = (day: number, checkIns: number, soFar: number, conversions = 0) => ({
    day: `2026-04-${String(day).padStart(2, "0")}`,
    checkIns,
    members: checkIns,
    soFar,
    conversions,
  });
  expect(report.daily.slice(0, 7)).toEqual([
    row(3, 0, 0, 1),
    row(4, 0, 0),
    row(5, 3, 3),
    row(6, 3, 5, 1),
    row(7, 0, 5),
    row(8, 1, 5),
    row(9, 1, 6),
  ]);
  expect(report.daily.at(-1)).toEqual(row(18, 0, 6, 1));
  expect(report.daily).toHaveLength(16);
});

test("rewards, calls, survey", () => {
  expect(report.rewards).toMatchObject({
    gifts: [{ gift: "mug", granted: 1, delivered: 1, outOfStock: 1, budgetSpent: 0, cost: 4_000 }],
    coupons: [{ pool: "eighty", codes: 3, reserved: 0, issued: 1, redeemed: 1, released: 1, expired: 0 }],
    points: { members: 1, points: 30 },
  });
  expect(report.calls.steps).toEqual([
    {
      step: "call",
      title: "电话回访",
      team: "sales",
      total: 4,
      open: 1,
      done: 2,
      connected: 1,
      overdue: 1,
      closed: 0,
      attempts: 5,
      outcomes: { interested: 1, "no-answer": 1 },
    },
  ]);
  expect(report.surveys).toMatchObject([
    {
      step: "survey",
      sent: 2,
      answered: 2,
      questions: [
        { id: "why", scale: null, answers: 1 },
        { id: "score", scale: 5, answers: 2, sum: 9, ratings: [0, 0, 0, 1, 1] },
      ],
    },
  ]);
});

test("plan: done, late and what is still to come", () => {
  expect(report.plan.map(({ id, state }) => [id, state])).toEqual([
    ["select", "done"],
    ["design", "done late"],
    ["train", "late"],
    ["wrap-up", "upcoming"],
  ]);
});

test("budget is exact, per line and in all", () => {
  expect(report.budget).toEqual({
    lines: [
      { line: "mail", planned: 0, committed: 0, recorded: 20_000, actual: 20_000, left: -20_000 },
      { line: "gifts", planned: 30_000, committed: 4_000, recorded: 0, actual: 4_000, left: 26_000 },
    ],
    total: { planned: 30_000, committed: 4_000, recorded: 20_000, actual: 24_000, left: 6_000 },
    participants: 6,
  });
});

test("is plain JSON and holds no word of a customer", () => {
  const text = JSON.stringify(report);
  expect(JSON.parse(text)).toEqual(report);
  expect(text).not.toContain("@x.example");
  expect(text).not.toContain("好");
});

test("a campaign's id means its latest run; an unknown run is answered with the nearest", async () => {
  expect((await loadReport(db, "winback")).head.run).toBe("winback-1");
  await expect(loadReport(db, "winbakc-1")).rejects.toMatchObject({
    faults: [{ hint: { en: 'did you mean "winback-1"?' } }],
  });
});
