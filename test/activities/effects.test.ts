import { sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import { createActivities } from "../../activities/index.ts";
import { option, type Rule, type Step } from "../../src/campaign/program.ts";
import { buildCatalogue } from "../../src/rule/catalogue.ts";
import { parseRule } from "../../src/rule/parse.ts";
import { minuteOf } from "../../src/store/clock.ts";
import { testSchema } from "../support/schema.ts";
import { at, enrolled, LAUNCH, LAUNCH_DAY, pastEvent, programOf } from "./world.ts";

const { db } = await testSchema();
const NOW = minuteOf(LAUNCH);
beforeEach(async () => void (await at(db, LAUNCH)));

const catalogue = buildCatalogue({
  traits: {},
  segments: {},
  scope: {
    "steps.days.count": "number",
    "steps.survey.score": "number",
    "steps.survey.why": "string",
    "steps.call.outcome": "string",
  },
});
function rule(json: unknown): Rule {
  const parsed = parseRule(json, { pointer: "", catalogue, expect: "boolean" });
  expect(parsed.faults).toEqual([]);
  return parsed.rule!;
}
const open: Step = { kind: "challengeOpen", id: "days", event: "check_in", days: 30, at: 9 * 60, gifts: [] };
const close: Step = { kind: "challengeClose", id: "days", of: "days" };

describe("challenge", () => {
  test("begins today for who arrives before the day's mail, else tomorrow; each by their own clock", async () => {
    // 10:00 in Shanghai, 04:00 in Berlin, 21:00 the evening before in Bogotá
    for (const [zone, first] of [
      ["Asia/Shanghai", LAUNCH_DAY + 1],
      ["Europe/Berlin", LAUNCH_DAY],
      ["America/Bogota", LAUNCH_DAY],
    ] as const) {
      const world = await enrolled(db, {
        program: programOf({ "days/open": open, "days/close": close }),
        size: 1,
        zone,
      });
      expect(await world.act("days/open")).toEqual([{ outcome: "opened", at: NOW, value: first }]);
      const { rows } =
        await sql`select first_day, days, status, event_type, customer from challenges where enrolment = ${world.enrolments[0]}`.execute(
          db,
        );
      expect(rows).toEqual([
        { first_day: first, days: 30, status: "open", event_type: "check_in", customer: world.customers[0] },
      ]);
    }
  });

  test("is shut at its end", async () => {
    const world = await enrolled(db, { program: programOf({ "days/open": open, "days/close": close }), size: 2 });
    await world.act("days/open");
    expect((await world.act("days/close")).map((each) => each.outcome)).toEqual(["closed", "closed"]);
    const { rows } =
      await sql`select distinct status, closed_reason, closed_at from challenges where enrolment = any(${world.enrolments}::bigint[])`.execute(
        db,
      );
    expect(rows).toEqual([{ status: "closed", closed_reason: "completed", closed_at: LAUNCH }]);
  });
});

describe("branch", () => {
  test("takes the first case that holds, from check-ins, answers, calls and the customer", async () => {
    const cases = [
      rule({ ">=": [{ var: "steps.days.count" }, 2] }),
      rule({ "<=": [{ var: "steps.survey.score" }, 2] }),
      rule({ "==": [{ var: "steps.call.outcome" }, "interested"] }),
      rule({ ">": [{ var: "orders.count_365d" }, 0] }),
    ];
    const steps: Record<string, Step> = {
      enough: { kind: "branch", id: "enough", cases },
      "days/open": open,
      survey: {
        kind: "survey",
        id: "survey",
        channels: [],
        template: "survey",
        sendKind: "service",
        topic: "service",
        validFor: "day",
        questions: [],
        within: { days: 1, minutes: 0 },
      },
      call: {
        kind: "task",
        id: "call",
        team: "sales",
        by: "team",
        title: "Call",
        due: { days: 1, minutes: 0 },
        attempts: 1,
        sendKind: "promotion",
        outcomes: [{ id: "interested", connected: true }],
      },
    };
    const world = await enrolled(db, { program: programOf(steps), size: 6 });
    const [checked, unhappy, called, buyer, once] = world.enrolments;
    const event = await pastEvent(db, world.customers[0]!, "check_in", LAUNCH.toISOString());
    await sql`
      insert into check_ins (enrolment, step, day, event, at)
      values (${checked}, 'days', 1, ${event}, ${LAUNCH}), (${checked}, 'days', 2, ${event}, ${LAUNCH}), (${once}, 'days', 1, ${event}, ${LAUNCH})`.execute(
      db,
    );
    await sql`
      insert into survey_answers (enrolment, step, question, rating, event, at)
      values (${unhappy}, 'survey', 'score', 2, ${event}, ${LAUNCH}), (${once}, 'survey', 'score', 3, ${event}, ${LAUNCH})`.execute(
      db,
    );
    await world.act("call", { members: [2, 4] });
    await sql`update tasks set outcome = 'interested' where enrolment = ${called}`.execute(db);
    await sql`
      insert into orders (order_id, customer, paid_at, amount, currency, source)
      select 'o1', customer, '2026-03-01', 100, 'CNY', 't' from enrolments where id = ${buyer}`.execute(db);
    expect((await world.act("enough")).map((each) => each.outcome)).toEqual([
      option(0),
      option(1),
      option(2),
      option(3),
      "no",
      "no",
    ]);
  });
});

describe("complaint", () => {
  test("opens a complaint and gives somebody the task to mend it", async () => {
    const world = await enrolled(db, {
      program: programOf({ repair: { kind: "complaint", id: "repair", severity: "high", team: "service" } }),
      size: 2,
    });
    expect((await world.act("repair")).map((each) => each.outcome)).toEqual(["done", "done"]);
    await world.act("repair");
    const complaints = await sql`select id, severity, status, enrolment from complaints order by id`.execute(db);
    const tasks =
      await sql`select id, kind, team, status, title from tasks where run = ${world.run} order by id`.execute(db);
    const ids = [0, 1].map((number) => `${world.run}/${number}/repair`);
    expect(complaints.rows).toEqual(
      ids.map((id, i) => ({ id, severity: "high", status: "open", enrolment: world.enrolments[i] })),
    );
    expect(tasks.rows).toEqual(
      ids.map((id) => ({ id, kind: "complaint", team: "service", status: "open", title: "处理客户投诉" })),
    );
  });
});

describe("the end", () => {
  const steps: Record<string, Step> = {
    "days/open": open,
    order: { kind: "waitFor", id: "order", event: "order.paid", since: "step", within: { days: 7, minutes: 0 } },
    call: {
      kind: "task",
      id: "call",
      team: "sales",
      by: "team",
      title: "Call",
      due: { days: 1, minutes: 0 },
      attempts: 1,
      sendKind: "service",
      outcomes: [{ id: "ok", connected: true }],
    },
    leave: { kind: "exit", id: "leave", reason: "moved-away" },
  };

  test("exit ends the enrolment and shuts what it had open, except what measures", async () => {
    const world = await enrolled(db, { program: programOf(steps), size: 2 });
    await sql`
      insert into waits (enrolment, step, occurrence, kind, customer, event_type, since)
      select id, 'goal', 1, 'goal', customer, 'order.paid', ${LAUNCH} from enrolments where run = ${world.run}`.execute(
      db,
    );
    for (const step of ["days/open", "order", "call"]) await world.act(step);
    expect(await world.act("leave", { members: [0] })).toEqual([{ outcome: "ended", at: NOW }]);
    const state = async (enrolment: number) =>
      (
        await sql<{ e: string; reason: string | null; challenge: string; task: string; waits: string }>`
          select e.status as e, e.ended_reason as reason, c.status as challenge, t.status as task,
            (select string_agg(step || ' ' || w.status, ', ' order by step) from waits w where w.enrolment = e.id) as waits
          from enrolments e join challenges c on c.enrolment = e.id join tasks t on t.enrolment = e.id where e.id = ${enrolment}`.execute(
          db,
        )
      ).rows[0];
    expect(await state(world.enrolments[0]!)).toEqual({
      e: "ended",
      reason: "moved-away",
      challenge: "closed",
      task: "closed",
      waits: "call dropped, goal open, order dropped",
    });
    expect(await state(world.enrolments[1]!)).toMatchObject({
      e: "live",
      reason: null,
      challenge: "open",
      task: "open",
    });
    // what comes later finds it ended; what was decided before stays as it was
    expect(await world.act("order", { members: [0], occurrence: 2 })).toMatchObject([{ outcome: "ended" }]);
    expect(await world.act("leave", { members: [0] })).toEqual([{ outcome: "ended", at: NOW }]);
  });

  test("a cohort's end completes the members that still live", async () => {
    const world = await enrolled(db, { program: programOf(steps), size: 2 });
    await world.act("leave", { members: [0] });
    const { endCohort, park } = createActivities({ db, channels: [], wake: () => undefined });
    await park(world.run, 0, 7, null);
    await endCohort(world.run, 0);
    await endCohort(world.run, 0);
    const enrolments = await sql`select ended_reason from enrolments where run = ${world.run} order by id`.execute(db);
    expect(enrolments.rows).toEqual([{ ended_reason: "moved-away" }, { ended_reason: "completed" }]);
    const cohorts = await sql`select status, parked_number, parked_due from cohorts where run = ${world.run}`.execute(
      db,
    );
    expect(cohorts.rows).toEqual([{ status: "ended", parked_number: 7, parked_due: null }]);
  });
});
