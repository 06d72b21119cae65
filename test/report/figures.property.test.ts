import fc from "../support/property.ts";
import { sql } from "kysely";
import { DateTime } from "luxon";
import { expect, test } from "vitest";
import { loadReport } from "../../src/report/load.ts";
import { testSchema } from "../support/schema.ts";
import { program } from "./program.ts";
import { april, customerOf, event, insert, seedRun } from "./rows.ts";

const { db } = await testSchema();
const ZONES = ["Asia/Shanghai", "America/New_York", "Europe/Berlin"];
const NOW = new Date("2026-05-08T04:00:00Z");

/** What one member did. Hours count from 2026-03-01T00:00Z, so that clocks change within the data. */
const hour = fc.integer({ min: 0, max: 24 * 90 });
const member = fc.record({
  zone: fc.constantFrom(...ZONES),
  live: fc.boolean(),
  checkIns: fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
  challenge: fc.option(fc.record({ first: fc.integer({ min: -25, max: 10 }), closedHour: fc.option(hour) })),
  orders: fc.array(
    fc.record({
      hour,
      amount: fc.integer({ min: 1, max: 90_000 }),
      status: fc.constantFrom("paid", "refunded", "cancelled", "pending"),
      refunded: fc.constantFrom(0, 1, 90_000),
    }),
    { maxLength: 3 },
  ),
  converted: fc.option(fc.record({ hour, amount: fc.option(fc.integer({ min: 0, max: 90_000 })) })),
  goalUntil: hour,
  score: fc.option(fc.integer({ min: 1, max: 5 })),
});
const world = fc.record({
  treated: fc.array(member, { minLength: 1, maxLength: 14 }),
  holdout: fc.array(member, { maxLength: 4 }),
  spent: fc.array(
    fc.record({
      line: fc.constantFrom("mail", "gifts"),
      amount: fc.integer({ min: -500, max: 2 ** 40 }),
      byHand: fc.boolean(),
    }),
    { maxLength: 8 },
  ),
});
type Member = typeof member extends fc.Arbitrary<infer T> ? T : never;
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

const timeOf = (hours: number) => DateTime.fromISO("2026-03-01T00:30:00Z").plus({ hours });
const iso = (hours: number) => timeOf(hours).toUTC().toISO()!;

test("figures equal an independent count over random data", { timeout: 600_000 }, async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(world, async (drawn) => {
      const run = `w${++number}`;
      await store(run, drawn);
      const { targets, arms, budget, daily } = await loadReport(db, run);
      const participants = drawn.treated.filter(tookPart);
      const cost = drawn.spent.reduce((sum, entry) => sum + entry.amount, 0);
      const rated = drawn.treated.filter((each) => each.score !== null);
      const counted = Object.fromEntries(
        targets.map((line) => [`${line.metric}${line.basis ?? ""}`, [line.numerator, line.denominator]]),
      );
      expect(counted).toEqual({
        participation_rate: [participants.length, drawn.treated.length],
        conversion_rate: [drawn.treated.filter((each) => each.converted).length, drawn.treated.length],
        repurchase_rate_30d: [participants.filter(repurchased).length, participants.length],
        satisfaction_avg: [rated.reduce((sum, each) => sum + each.score!, 0), rated.length],
        cost_per_participantactual: [cost, participants.length],
        cost_per_participantplanned: [30_000, participants.length],
      });
      expect(targets[0]!.open).toBe(
        drawn.treated.filter((each) => each.live && !tookPart(each) && each.challenge?.closedHour == null).length,
      );
      expect(targets[1]!.open).toBe(
        drawn.treated.filter((each) => !each.converted && timeOf(each.goalUntil).toJSDate() > NOW).length,
      );
      for (const [arm, members] of [
        ["treatment", drawn.treated],
        ["holdout", drawn.holdout],
      ] as const) {
        expect(arms[arm]).toMatchObject({
          enrolled: members.length,
          converted: members.filter((each) => each.converted).length,
          revenue: members.reduce((sum, each) => sum + (each.converted?.amount ?? 0), 0),
        });
      }
      for (const line of budget.lines) {
        const sum = (byHand: boolean) =>
          drawn.spent
            .filter((entry) => entry.line === line.line && entry.byHand === byHand)
            .reduce((total, entry) => total + entry.amount, 0);
        expect([line.recorded, line.committed, line.actual]).toEqual([sum(true), sum(false), sum(true) + sum(false)]);
      }
      expect(daily.reduce((sum, day) => sum + day.checkIns, 0)).toBe(
        participants.reduce((sum, each) => sum + each.checkIns.length, 0),
      );
      expect(daily.reduce((sum, day) => sum + day.conversions, 0)).toBe(
        drawn.treated.filter((each) => each.converted).length,
      );
      expect(daily.at(-1)?.soFar ?? 0).toBe(participants.length);
      for (const each of drawn.treated.filter((one) => one.converted)) {
        const day = timeOf(each.converted!.hour).setZone(each.zone).toISODate();
        expect(daily.find((row) => row.day === day)?.conversions).toBeGreaterThan(0);
      }
    }),
    { numRuns: 40 },
  );
});

function tookPart(each: Member): boolean {
  return each.challenge !== null && each.checkIns.length > 0;
}

function firstCheckIn(each: Member): DateTime {
  return DateTime.fromISO(noon(each, Math.min(...each.checkIns)));
}

function noon(each: Member, day: number): string {
  return DateTime.fromISO("2026-04-01", { zone: each.zone })
    .plus({ days: each.challenge!.first + day, hours: 12 })
    .toUTC()
    .toISO()!;
}

function repurchased(each: Member): boolean {
  const last = DateTime.fromISO("2026-04-01", { zone: each.zone }).plus({ days: each.challenge!.first + 5 });
  const closed = each.challenge!.closedHour === null ? last : timeOf(each.challenge!.closedHour).setZone(each.zone);
  const until = DateTime.min(last, closed).plus({ days: 30 });
  return each.orders.some(
    (order) =>
      order.status === "paid" &&
      order.refunded < order.amount &&
      timeOf(order.hour) >= firstCheckIn(each) &&
      timeOf(order.hour) < until,
  );
}

async function store(run: string, drawn: World): Promise<void> {
  const ids = await seedRun(db, program, {
    run,
    now: NOW.toISOString(),
    treated: drawn.treated.length,
    holdout: drawn.holdout.length,
  });
  for (const [i, each] of [...drawn.treated, ...drawn.holdout].entries()) {
    const enrolment = ids[i]!;
    const customer = await customerOf(db, enrolment);
    const treated = i < drawn.treated.length;
    const who = { enrolment, customer };
    await sql`update enrolments set zone = ${each.zone}, status = ${!treated ? "measured" : each.live ? "live" : "ended"} where id = ${enrolment}`.execute(
      db,
    );
    await insert(db, "waits", [
      {
        ...who,
        step: "goal",
        occurrence: 1,
        kind: "goal",
        since: iso(0),
        until: iso(each.goalUntil),
        status: each.converted ? "met" : "open",
      },
    ]);
    await insert(
      db,
      "orders",
      each.orders.map((order, n) => ({
        order_id: `${run}-${i}-${n}`,
        customer,
        paid_at: iso(order.hour),
        amount: order.amount,
        refunded: Math.min(order.refunded, order.amount),
        currency: "CNY",
        status: order.status,
        source: "test",
      })),
    );
    if (each.converted) {
      const cause = await event(db, customer, "order.paid", iso(each.converted.hour));
      await insert(db, "conversions", [
        { ...who, event: cause, amount: each.converted.amount, at: iso(each.converted.hour), reacted_seq: cause },
      ]);
    }
    if (treated && each.challenge) {
      const { first, closedHour } = each.challenge;
      await insert(db, "challenges", [
        {
          ...who,
          step: "days",
          event_type: "check_in",
          first_day: april(1) + first,
          days: 5,
          status: closedHour === null ? "open" : "closed",
          closed_at: closedHour === null ? null : iso(closedHour),
        },
      ]);
      const cause = await event(db, customer, "check_in", iso(0));
      await insert(
        db,
        "check_ins",
        each.checkIns.map((day) => ({
          enrolment,
          step: "days",
          day: april(1) + first + day,
          event: cause,
          at: noon(each, day),
        })),
      );
    }
    if (treated && each.score !== null) {
      const cause = await event(db, customer, "survey.answered", iso(0));
      await insert(db, "survey_answers", [
        { enrolment, step: "survey", question: "score", rating: each.score, event: cause, at: iso(0) },
      ]);
    }
  }
  await insert(
    db,
    "budget_entries",
    drawn.spent.map((entry, n) => ({
      run,
      line: entry.line,
      key: entry.byHand ? null : `k${n}`,
      amount: entry.amount,
      at: iso(0),
    })),
  );
}
