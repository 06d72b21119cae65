import { sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import { option, type Program, type Step, type TaskStep } from "../../../src/campaign/program.ts";
import { InputError } from "../../../src/fault.ts";
import { listComplaints, openComplaint, solveComplaint } from "../../../src/operate/task/complaint.ts";
import { listTasks } from "../../../src/operate/task/list.ts";
import { taskDone } from "../../../src/operate/task/task.ts";
import { minuteOf, timeOf } from "../../../src/store/clock.ts";
import { testSchema } from "../../support/schema.ts";
import { at, enrolled, LAUNCH, LAUNCH_DAY, programOf, type World } from "../../activities/world.ts";

const { db } = await testSchema();
const NOW = minuteOf(LAUNCH);
beforeEach(async () => void (await at(db, LAUNCH)));

const call: TaskStep = {
  kind: "task",
  id: "call",
  team: "sales",
  by: "team",
  title: "电话回访",
  due: { days: 3, minutes: 0 },
  attempts: 3,
  sendKind: "service",
  outcomes: [
    { id: "interested", connected: true },
    { id: "not-now", connected: true },
    { id: "no-answer", connected: false },
  ],
};
const steps: Record<string, Step> = {
  intro: { kind: "challengeClose", id: "intro", of: "intro" },
  call,
  "call/expire": { kind: "expire", id: "call", of: "call", as: "overdue" },
  repair: { kind: "complaint", id: "repair", severity: "high", team: "service" },
  leave: { kind: "exit", id: "leave", reason: "done" },
};

const stimuli = async (run: string) =>
  (
    await sql<{
      cohort: number;
      member: number;
      body: unknown;
    }>`select cohort, member, body from stimuli where run = ${run} order by id`.execute(db)
  ).rows;
const taskRow = async (id: string) =>
  (await sql<Record<string, unknown>>`select * from tasks where id = ${id}`.execute(db)).rows[0]!;
async function faultOf(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).faults[0]!;
}

describe("a call", () => {
  async function called(size = 2): Promise<World> {
    const world = await enrolled(db, { program: programOf(steps), size });
    await world.act("call");
    return world;
  }

  test("done with an outcome sends its customer's journey that way", async () => {
    const world = await called();
    const time = await at(db, NOW + 100);
    const done = await taskDone(db, `${world.run}/1/call`, {
      outcome: "not-now",
      note: "after the holidays",
      by: "li.na",
    });
    expect(done).toEqual({
      id: `${world.run}/1/call`,
      status: "done",
      attemptsLeft: 0,
      late: false,
      movedDays: 0,
      released: 0,
    });
    expect(await taskRow(done.id)).toMatchObject({
      status: "done",
      outcome: "not-now",
      note: "after the holidays",
      done_by: "li.na",
      attempts: 1,
      done_at: timeOf(time),
    });
    expect(await stimuli(world.run)).toEqual([
      { cohort: 0, member: 1, body: { kind: "met", at: time, pc: 1, occurrence: 1, outcome: option(1) } },
    ]);
    expect(await world.act("call")).toEqual([
      { outcome: "waiting", at: NOW },
      { outcome: option(1), at: time },
    ]);
  });

  test("nobody answered: it is tried again while attempts are left, then that is the outcome", async () => {
    const world = await called(1);
    const id = `${world.run}/0/call`;
    expect(await taskDone(db, id, { outcome: "no-answer" })).toMatchObject({ status: "open", attemptsLeft: 2 });
    expect(await taskDone(db, id, { outcome: "no-answer" })).toMatchObject({ status: "open", attemptsLeft: 1 });
    expect(await stimuli(world.run)).toEqual([]);
    expect(await taskDone(db, id, { outcome: "no-answer" })).toMatchObject({ status: "done", attemptsLeft: 0 });
    expect(await stimuli(world.run)).toMatchObject([{ body: { outcome: option(2) } }]);
  });

  test("reported by two people at once is done once", async () => {
    const world = await called(1);
    const reports = ["interested", "not-now", "interested", "not-now"].map((outcome) =>
      taskDone(db, `${world.run}/0/call`, { outcome }),
    );
    const settled = await Promise.allSettled(reports);
    expect(settled.filter((each) => each.status === "fulfilled")).toHaveLength(1);
    expect(await stimuli(world.run)).toHaveLength(1);
  });

  test("after its time is recorded, and changes nothing in the journey", async () => {
    const world = await called(1);
    const due = await at(db, NOW + 3 * 1440);
    await world.act("call/expire", { due });
    await at(db, due + 60);
    expect(await taskDone(db, `${world.run}/0/call`, { outcome: "interested" })).toMatchObject({
      status: "done",
      late: true,
    });
    expect(await stimuli(world.run)).toEqual([]);
  });

  test("racing with its due time is either done or overdue, and the journey hears the same", async () => {
    const world = await called(30);
    const due = await at(db, NOW + 3 * 1440);
    const reports = world.customers.map((_, i) => taskDone(db, `${world.run}/${i}/call`, { outcome: "interested" }));
    const [expired] = await Promise.all([world.act("call/expire", { due }), ...reports]);
    const told = new Set((await stimuli(world.run)).map((row) => row.member));
    const outcomes = expired.map((each, member) => ({ outcome: each.outcome, told: told.has(member) }));
    for (const { outcome, told: heard } of outcomes) expect(outcome === "overdue").toBe(!heard);
  });

  test("refuses what cannot be, with the nearest name", async () => {
    const world = await called(1);
    const id = `${world.run}/0/call`;
    expect(await faultOf(taskDone(db, id, { outcome: "intrested" }))).toMatchObject({
      pointer: id,
      hint: { en: 'did you mean "interested"?' },
    });
    expect((await faultOf(taskDone(db, id, {}))).message.en).toContain("interested, not-now, no-answer");
    expect(await faultOf(taskDone(db, `${world.run}/0/cal`, {}))).toMatchObject({
      hint: { en: `did you mean "${id}"?` },
    });
    await taskDone(db, id, { outcome: "interested" });
    expect((await faultOf(taskDone(db, id, { outcome: "interested" }))).message.en).toBe("the task is already done");
  });

  test("of a journey that is over is closed", async () => {
    const world = await called(1);
    await world.act("leave");
    expect((await faultOf(taskDone(db, `${world.run}/0/call`, { outcome: "interested" }))).message.en).toContain(
      "closed",
    );
    expect(await stimuli(world.run)).toEqual([]);
  });
});

describe("the plan", () => {
  const program: Program = programOf({
    start: { kind: "phase", id: "start", phase: 1 },
    later: { kind: "phase", id: "later", phase: 2 },
  });

  async function planned(gates: { id: string; phase: string; gate?: boolean }[], zone = "Asia/Shanghai", size = 3) {
    const world = await enrolled(db, { program, size, zone });
    await sql`
      insert into run_phases (run, phase, id, planned_day, start_day, days)
      select ${world.run}, n, id, ${LAUNCH_DAY} + n * 10, ${LAUNCH_DAY} + n * 10, 10
      from unnest(array['warm-up', 'execution', 'review']) with ordinality as p (id, ord), lateral (select ord::int - 1 as n) o`.execute(
      db,
    );
    for (const { id, phase, gate = true } of gates) {
      await sql`
        insert into tasks (id, run, kind, title, team, phase, gate, created_at, from_at, due_at)
        values (${`${world.run}/plan/${id}`}, ${world.run}, 'plan', ${id}, 'design', ${phase}, ${gate}, ${LAUNCH}, ${LAUNCH}, ${LAUNCH})`.execute(
        db,
      );
    }
    return world;
  }
  const startDays = async (run: string) =>
    (
      await sql<{
        day: number;
      }>`select start_day - ${LAUNCH_DAY} as day from run_phases where run = ${run} order by phase`.execute(db)
    ).rows.map((row) => row.day);
  const midnight = (day: number) => (LAUNCH_DAY + day) * 1440 - 480;

  test("a gate closed in time lets members go on when their phase begins", async () => {
    const world = await planned([{ id: "design", phase: "warm-up" }]);
    await world.act("start", { members: [0, 1] });
    const time = await at(db, midnight(10) - 1); // the last minute of the day before
    const done = await taskDone(db, `${world.run}/plan/design`, {});
    expect(done).toMatchObject({ status: "done", movedDays: 0, released: 2 });
    expect(await startDays(world.run)).toEqual([0, 10, 20]);
    expect(await stimuli(world.run)).toEqual([
      { cohort: 0, member: -1, body: { kind: "met", at: time, pc: 0, occurrence: 1, outcome: 6, value: midnight(10) } },
    ]);
    // who asks again, or only now, is told the same minute
    expect((await world.act("start", { due: time })).map((each) => [each.outcome, each.value])).toEqual(
      Array(3).fill(["scheduled", midnight(10)]),
    );
  });

  test("a late one moves its following phases by whole days, and the rows in them", async () => {
    const world = await planned([
      { id: "design", phase: "warm-up" },
      { id: "kick-off", phase: "execution", gate: false },
    ]);
    await world.act("start");
    await at(db, midnight(13) + 600);
    expect(await taskDone(db, `${world.run}/plan/design`, {})).toMatchObject({ late: true, movedDays: 4, released: 3 });
    expect(await startDays(world.run)).toEqual([0, 14, 24]);
    expect(await taskRow(`${world.run}/plan/kick-off`)).toMatchObject({ due_at: new Date("2026-04-05T02:00:00Z") });
    expect(await stimuli(world.run)).toMatchObject([{ body: { value: midnight(14) } }]);
  });

  test("on the phase's own first day it begins the day after; each member at their own midnight", async () => {
    const world = await planned([{ id: "design", phase: "warm-up" }], "America/New_York");
    await world.act("start");
    await at(db, midnight(10));
    expect(await taskDone(db, `${world.run}/plan/design`, {})).toMatchObject({ movedDays: 1 });
    expect(await stimuli(world.run)).toMatchObject([{ body: { value: (LAUNCH_DAY + 11) * 1440 + 240 } }]);
  });

  test("with several gates the last one opens, also when they are closed at once", async () => {
    const gates = ["a", "b", "c", "d"].map((id) => ({ id, phase: "warm-up" }));
    const world = await planned([...gates, { id: "half-time", phase: "execution" }]);
    await world.act("start");
    await world.act("later", { members: [0] });
    const done = await Promise.all(gates.map(({ id }) => taskDone(db, `${world.run}/plan/${id}`, {})));
    expect(done.map((each) => each.released).sort((a, b) => a - b)).toEqual([0, 0, 0, 3]);
    expect(await stimuli(world.run)).toMatchObject([{ body: { pc: 0 } }]);
    expect(await taskDone(db, `${world.run}/plan/half-time`, {})).toMatchObject({ released: 1 });
    expect(await stimuli(world.run)).toMatchObject([{ body: { pc: 0 } }, { body: { pc: 1, value: midnight(20) } }]);
  });

  test("a gate that closes while members ask for it forgets none of them", async () => {
    for (let round = 0; round < 10; round++) {
      const world = await planned([{ id: "design", phase: "warm-up" }], "Asia/Shanghai", 20);
      const ask = (from: number) => world.act("start", { members: Array.from({ length: 5 }, (_, i) => from + i) });
      const [done, ...answers] = await Promise.all([
        taskDone(db, `${world.run}/plan/design`, {}),
        ask(0),
        ask(5),
        ask(10),
        ask(15),
      ]);
      const waiting = answers.flat().filter((each) => each?.outcome === "waiting").length;
      expect(waiting).toBe(done.released);
      expect(
        await sql`select 1 from waits w join enrolments e on e.id = w.enrolment where e.run = ${world.run} and w.status = 'open'`.execute(
          db,
        ),
      ).toMatchObject({ rows: [] });
    }
  });
});

describe("complaints", () => {
  test("the task that mends one solves it; the other way round too", async () => {
    const world = await enrolled(db, { program: programOf(steps), size: 2 });
    await world.act("repair");
    await taskDone(db, `${world.run}/0/repair`, { by: "wang" });
    expect(await solveComplaint(db, `${world.run}/1/repair`, "wang")).toBe(true);
    expect(await solveComplaint(db, `${world.run}/1/repair`)).toBe(false);
    const { rows } = await sql`
      select c.status as complaint, t.status as task, t.done_by from complaints c join tasks t using (id) order by id`.execute(
      db,
    );
    expect(rows).toEqual(Array(2).fill({ complaint: "solved", task: "done", done_by: "wang" }));
  });

  test("heard in person are recorded, also of a customer nobody knew", async () => {
    const id = await openComplaint(db, { customerId: "NEW-1", severity: "high", note: "broken on arrival" });
    const { rows } =
      await sql`select customer_id, severity, status from complaints k join customers c on c.id = k.customer where k.id = ${id}`.execute(
        db,
      );
    expect(rows).toEqual([{ customer_id: "NEW-1", severity: "high", status: "open" }]);
    expect(await faultOf(openComplaint(db, { customerId: "NEW-1", severity: "hihg" }))).toMatchObject({
      hint: { en: 'did you mean "high"?' },
    });
    const fault = await faultOf(solveComplaint(db, `${id.slice(0, -1)}?`));
    expect(fault.message["zh-CN"]).toBe("没有这个投诉");
    expect(fault.hint?.en).toBe(`did you mean "${id}"?`);
  });

  test("are listed while they are open, the longest waiting first; solved ones when asked for", async () => {
    const [customerId, other] = ["LIST-1", "LIST-2"];
    const second = await openComplaint(db, { customerId, severity: "low" });
    await at(db, NOW - 60);
    const first = await openComplaint(db, { customerId, severity: "high", note: "again" });
    await openComplaint(db, { customerId: other, severity: "low" });
    const ids = async (filter: { customer?: string; all?: boolean }) =>
      (await listComplaints(db, filter)).map((complaint) => complaint.id);
    expect(await ids({ customer: customerId })).toEqual([first, second]);
    await solveComplaint(db, first);
    expect(await ids({ customer: customerId })).toEqual([second]);
    expect(await ids({ customer: customerId, all: true })).toEqual([second, first]);
    expect((await listComplaints(db, { customer: other }))[0]).toMatchObject({ severity: "low", source: "operator" });
  });

  test("what was held for one is looked at again once the customer's last one is solved", async () => {
    const world = await enrolled(db, { program: programOf(steps), size: 1 });
    const later = timeOf(NOW + 600);
    await sql`
      insert into messages (id, enrolment, customer, run, step, occurrence, channel, contact, template, kind, topic, locale,
        epoch, status, reason, not_before, created_at)
      select m.id, ${world.enrolments[0]}, ${world.customers[0]}, ${world.run}, m.id, 1, 'email', c.id, 'h', m.kind, 'promotion',
        'en', 0, 'pending', reason, ${later}, ${LAUNCH}
      from contacts c, (values ('held', 'promotion', 'problem-first'), ('night', 'promotion', 'quiet-hours')) m (id, kind, reason)
      where c.customer = ${world.customers[0]}`.execute(db);
    const { rows } = await sql<{ customer_id: string }>`
      select customer_id from customers where id = ${world.customers[0]}`.execute(db);
    const report = { customerId: rows[0]!.customer_id, severity: "low" };
    const [one, two] = [await openComplaint(db, report), await openComplaint(db, report)];
    const due = async () =>
      (await sql<{ id: string }>`select id from messages where not_before <= ${LAUNCH}`.execute(db)).rows;
    await solveComplaint(db, one);
    expect(await due()).toEqual([]);
    await solveComplaint(db, two);
    expect(await due()).toEqual([{ id: "held" }]);
  });
});

describe("the list", () => {
  test("shows what is open, the most urgent first, with the outcomes it takes", async () => {
    const world = await enrolled(db, { program: programOf(steps), size: 3 });
    await world.act("call", { members: [1, 2] });
    await at(db, NOW - 60);
    await world.act("call", { members: [0], due: NOW - 60 });
    await world.act("repair", { members: [0] });
    await taskDone(db, `${world.run}/1/call`, { outcome: "interested" });
    const list = await listTasks(db, { run: world.run });
    expect(list.map((task) => task.id)).toEqual(["0/call", "2/call", "0/repair"].map((tail) => `${world.run}/${tail}`));
    expect(list[0]).toMatchObject({
      title: "电话回访",
      team: "sales",
      status: "open",
      outcomes: ["interested", "not-now", "no-answer"],
      customerId: expect.stringMatching(/^C\d+$/),
    });
    expect((await listTasks(db, { run: world.run, team: "service" })).map((task) => task.kind)).toEqual(["complaint"]);
    expect(await listTasks(db, { run: world.run, all: true })).toHaveLength(4);
  });

  test("names the nearest run when there is no such one", async () => {
    const world = await enrolled(db, { program: programOf(steps), size: 1 });
    expect((await faultOf(listTasks(db, { run: `${world.run}x` }))).hint?.en).toMatch(/did you mean "spring-\d+"/);
  });
});
