import { sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import { DAY } from "../../src/campaign/calendar.ts";
import {
  option,
  type PlanRow,
  type Step,
  type SurveyStep,
  type TaskStep,
  type WaitForStep,
} from "../../src/campaign/program.ts";
import type { Ast } from "../../src/rule/ast.ts";
import { minuteOf, timeOf } from "../../src/store/clock.ts";
import { testSchema } from "../support/schema.ts";
import { at, enrolled, LAUNCH, LAUNCH_DAY, NO_POLICY, pastEvent, programOf } from "./world.ts";

const { db } = await testSchema();
const NOW = minuteOf(LAUNCH);
const WEEK = { days: 7, minutes: 0 };

beforeEach(async () => void (await at(db, LAUNCH)));

const waits = async (run: string) =>
  (
    await sql<Record<string, unknown>>`
      select w.* from waits w join enrolments e on e.id = w.enrolment where e.run = ${run} order by w.enrolment, w.step`.execute(
      db,
    )
  ).rows;
const expire = (of: string, as: "timeout" | "overdue" = "timeout"): Step => ({ kind: "expire", id: of, of, as });

describe("waitFor", () => {
  const order: WaitForStep = { kind: "waitFor", id: "order", event: "order.paid", since: "step", within: WEEK };
  const atLeast100: Ast = {
    op: ">=",
    type: "boolean",
    args: [
      { op: "var", name: "event.amount", type: "money", source: { from: "scope" } },
      { op: "literal", type: "money", value: 10_000 },
    ],
  };
  const atLeast = { ...order, where: atLeast100 };
  const steps = {
    order,
    "order/expire": expire("order"),
    since: { ...order, since: "enrolment" as const },
    rich: atLeast,
  };

  test("opens a wait that lasts as long as the step says", async () => {
    const world = await enrolled(db, { program: programOf(steps), size: 1 });
    expect(await world.act("order")).toEqual([{ outcome: "waiting", at: NOW }]);
    expect(await waits(world.run)).toMatchObject([
      {
        kind: "event",
        event_type: "order.paid",
        status: "open",
        since: LAUNCH,
        until: timeOf(NOW + 7 * DAY),
        customer: world.customers[0],
      },
    ]);
  });

  test("sees what was reacted to between the op's due minute and its transaction", async () => {
    const world = await enrolled(db, { program: programOf(steps), size: 2 });
    const event = await pastEvent(db, world.customers[0]!, "order.paid", "2026-04-01T02:00:30Z");
    await pastEvent(db, world.customers[1]!, "order.paid", "2026-04-01T01:59:59Z"); // before it began to wait
    const late = await at(db, "2026-04-01T02:03:00Z");
    expect(await world.act("order")).toEqual([
      { outcome: "met", at: late },
      { outcome: "waiting", at: late },
    ]);
    expect(await waits(world.run)).toMatchObject([
      { status: "met", met_by: event, met_at: timeOf(late) },
      { status: "open" },
    ]);
  });

  test("since enrolment looks back to the entry", async () => {
    const world = await enrolled(db, { program: programOf(steps), size: 2 });
    await pastEvent(db, world.customers[0]!, "order.paid", "2026-04-02T00:00:00Z");
    await pastEvent(db, world.customers[1]!, "check_in", "2026-04-02T00:00:00Z");
    const due = await at(db, "2026-04-05T00:00:00Z");
    expect((await world.act("since", { due })).map((each) => each.outcome)).toEqual(["met", "waiting"]);
  });

  test("only an event that its rule accepts meets it; amounts are posted in major units", async () => {
    const world = await enrolled(db, { program: programOf(steps), size: 3 });
    const amounts = [99.99, "100.00", 100];
    for (const [i, amount] of amounts.entries()) {
      await pastEvent(db, world.customers[i]!, "order.paid", "2026-04-01T02:00:00Z", { amount });
    }
    expect((await world.act("rich")).map((each) => each.outcome)).toEqual(["waiting", "met", "met"]);
  });

  test("an event that nothing has reacted to yet is left to intake", async () => {
    const world = await enrolled(db, { program: programOf(steps), size: 1 });
    const id = await pastEvent(db, world.customers[0]!, "order.paid", "2026-04-01T02:00:00Z");
    await sql`update events set reacted_at = null where id = ${id}`.execute(db);
    expect(await world.act("order")).toMatchObject([{ outcome: "waiting" }]);
  });

  test("when time is over, under the lock it was met or never will be", async () => {
    const world = await enrolled(db, { program: programOf(steps), size: 2 });
    await world.act("order");
    await sql`update waits set status = 'met', outcome = 6, met_at = ${LAUNCH} where enrolment = ${world.enrolments[0]}`.execute(
      db,
    );
    const due = await at(db, NOW + 7 * DAY);
    expect(await world.act("order/expire", { due })).toEqual([
      { outcome: "met", at: due },
      { outcome: "timeout", at: due },
    ]);
    expect(await waits(world.run)).toMatchObject([{ status: "met" }, { status: "expired" }]);
  });

  test("a repeated op answers that its wait was met meanwhile, so that a rebuilt cohort goes on", async () => {
    const world = await enrolled(db, { program: programOf(steps), size: 2 });
    await world.act("order");
    await sql`update waits set status = 'met', outcome = 6, met_at = ${timeOf(NOW + 5)} where enrolment = ${world.enrolments[0]}`.execute(
      db,
    );
    await at(db, NOW + 60);
    expect(await world.act("order")).toEqual([
      { outcome: "met", at: NOW + 5 },
      { outcome: "waiting", at: NOW },
    ]);
  });
});

describe("survey", () => {
  const survey: SurveyStep = {
    kind: "survey",
    id: "survey",
    channels: ["email"],
    template: "survey",
    sendKind: "service",
    topic: "service",
    validFor: { days: 2, minutes: 0 },
    questions: [{ id: "score", rating: 5 }],
    within: WEEK,
  };
  const program = programOf({ survey, "survey/expire": expire("survey") });

  test("asks and waits; who cannot be reached is not waited for; who has answered is not asked", async () => {
    const world = await enrolled(db, { program, size: 3 });
    await sql`delete from contacts where customer = ${world.customers[1]}`.execute(db);
    const event = await pastEvent(db, world.customers[2]!, "survey.answered", "2026-04-01T02:00:00Z");
    await sql`
      insert into survey_answers (enrolment, step, question, rating, event, at)
      values (${world.enrolments[2]}, 'survey', 'score', 5, ${event}, ${LAUNCH})`.execute(db);
    expect((await world.act("survey")).map((each) => each.outcome)).toEqual(["waiting", "skipped", "met"]);
    const { rows } = await sql`select customer, data, kind from messages where run = ${world.run}`.execute(db);
    expect(rows).toMatchObject([
      { customer: world.customers[0], kind: "service", data: { survey: { step: "survey" } } },
    ]);
    expect(await waits(world.run)).toMatchObject([
      { enrolment: world.enrolments[0], kind: "survey", event_type: "survey.answered", status: "open" },
      { enrolment: world.enrolments[2], status: "met" },
    ]);
    expect(world.woken).toEqual(["deliver"]);
  });
});

describe("task", () => {
  const call: TaskStep = {
    kind: "task",
    id: "call",
    team: "sales",
    by: "owner",
    title: "Call",
    script: "call-winback",
    due: { days: 3, minutes: 0 },
    attempts: 3,
    sendKind: "promotion",
    outcomes: [
      { id: "interested", connected: true },
      { id: "no-answer", connected: false },
    ],
  };
  const program = programOf(
    { call, "call/expire": expire("call", "overdue") },
    { policy: { ...NO_POLICY, problemFirst: true } },
  );

  test("lands on the list of the customer's owner, else of the team", async () => {
    const world = await enrolled(db, { program, size: 2 });
    await sql`update customers set owner = 'li.na' where id = ${world.customers[0]}`.execute(db);
    expect((await world.act("call")).map((each) => each.outcome)).toEqual(["waiting", "waiting"]);
    const { rows } = await sql`select * from tasks where run = ${world.run} order by id`.execute(db);
    expect(rows).toMatchObject([
      {
        id: `${world.run}/0/call`,
        kind: "call",
        team: "sales",
        assignee: "li.na",
        title: "Call",
        script: "call-winback",
        status: "open",
        due_at: timeOf(NOW + 3 * DAY),
        max_attempts: 3,
      },
      { id: `${world.run}/1/call`, assignee: null },
    ]);
  });

  test("open when it is due, it is overdue; done just in time, its outcome counts", async () => {
    const world = await enrolled(db, { program, size: 2 });
    await world.act("call");
    await sql`update waits set status = 'met', outcome = ${option(1)}, met_at = ${LAUNCH} where enrolment = ${world.enrolments[0]}`.execute(
      db,
    );
    await sql`update tasks set status = 'done' where enrolment = ${world.enrolments[0]}`.execute(db);
    const due = await at(db, NOW + 3 * DAY);
    expect(await world.act("call/expire", { due })).toEqual([
      { outcome: option(1), at: due },
      { outcome: "overdue", at: due },
    ]);
    const { rows } = await sql`select status from tasks where run = ${world.run} order by id`.execute(db);
    expect(rows).toEqual([{ status: "done" }, { status: "overdue" }]);
  });

  test("nobody is called to be sold something while they complain", async () => {
    const world = await enrolled(db, { program, size: 1 });
    await sql`insert into complaints (id, customer, source, opened_at) values (${world.run}, ${world.customers[0]}, 't', ${LAUNCH})`.execute(
      db,
    );
    expect(await world.act("call")).toEqual([{ outcome: "deferred", at: NOW, value: NOW + 2 * DAY }]);
    const due = await at(db, NOW + 2 * DAY);
    expect(await world.act("call", { attempt: 2, due })).toMatchObject([{ outcome: "skipped" }]);
    expect((await sql`select 1 from tasks where run = ${world.run}`.execute(db)).rows).toEqual([]);
  });
});

describe("phase", () => {
  const start: Step = { kind: "phase", id: "start", phase: 1 };
  const row: PlanRow = {
    id: "design",
    phase: "warm-up",
    title: "Design",
    owner: "design",
    from: 5,
    to: 9,
    after: [],
    resources: [],
    gate: true,
  };
  const program = programOf(
    { start },
    {
      phases: [
        { id: "warm-up", days: 15 },
        { id: "execution", days: 61 },
      ],
      plan: [row],
    },
  );

  async function withPlan(zone: string, gate: "open" | "done", phase = "warm-up") {
    const world = await enrolled(db, { program, size: 1, zone });
    await sql`
      insert into run_phases (run, phase, id, planned_day, start_day, days)
      values (${world.run}, 0, 'warm-up', ${LAUNCH_DAY}, ${LAUNCH_DAY}, 15), (${world.run}, 1, 'execution', ${LAUNCH_DAY + 15}, ${LAUNCH_DAY + 15}, 61)`.execute(
      db,
    );
    await sql`
      insert into tasks (id, run, kind, title, team, phase, gate, status, created_at)
      values (${`${world.run}/plan/design`}, ${world.run}, 'plan', 'Design', 'design', ${phase}, true, ${gate}, ${LAUNCH})`.execute(
      db,
    );
    return world;
  }

  test("begins at the customer's own midnight", async () => {
    for (const [zone, start] of [
      ["Asia/Shanghai", "2026-04-15T16:00:00Z"],
      ["America/New_York", "2026-04-16T04:00:00Z"],
    ] as const) {
      const world = await withPlan(zone, "done");
      expect(await world.act("start")).toEqual([{ outcome: "scheduled", at: NOW, value: minuteOf(new Date(start)) }]);
    }
  });

  test("is waited for while a gate before it is open", async () => {
    const world = await withPlan("Asia/Shanghai", "open");
    expect(await world.act("start")).toEqual([{ outcome: "waiting", at: NOW }]);
    expect(await waits(world.run)).toMatchObject([{ kind: "phase", status: "open", until: null }]);
    expect((await world.ledger())[0]!.reasons).toEqual(["gate-open"]);
  });

  test("is not held up by gates within it", async () => {
    const world = await withPlan("Asia/Shanghai", "open", "execution");
    expect(await world.act("start")).toMatchObject([{ outcome: "scheduled" }]);
  });
});
