import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { createActivities } from "../../activities/index.ts";
import { option, type Program, type Step } from "../../src/campaign/program.ts";
import { reactToEvents } from "../../src/intake/react.ts";
import { taskDone } from "../../src/operate/task/task.ts";
import { insertEvents } from "../../src/store/event.ts";
import { testSchema } from "../support/schema.ts";
import { at, enrolled, LAUNCH, programOf, type World } from "./world.ts";

const { db } = await testSchema();
beforeEach(async () => void (await at(db, LAUNCH)));
const home = { currency: "CNY", timezone: "Asia/Shanghai" };

const call: Step = {
  kind: "task",
  id: "call",
  team: "sales",
  by: "team",
  title: "Call",
  due: { days: 3, minutes: 0 },
  attempts: 1,
  sendKind: "service",
  outcomes: [
    { id: "reached", connected: true },
    { id: "not", connected: false },
  ],
};
const order: Step = {
  kind: "waitFor",
  id: "order",
  event: "order.paid",
  since: "step",
  within: { days: 7, minutes: 0 },
};

async function statuses(world: World): Promise<string[]> {
  const { rows } = await sql<{ status: string; reason: string | null }>`
    select status, ended_reason as reason from enrolments where run = ${world.run} order by number`.execute(db);
  return rows.map(({ status, reason }) => (reason === null ? status : `${status} ${reason}`));
}

test("an enrolment ends with its last op; another's is still waiting; a repeated batch says the same again", async () => {
  const steps: Record<string, Step> = {
    call,
    "call/expire": { kind: "expire", id: "call", of: "call", as: "overdue" },
  };
  const program = programOf(steps);
  // "not" leads to the end at once, everything else by way of the next op
  Object.assign(program.code.instructions[0]!, { next: 1, on: { [option(1)]: 2 } });
  const world = await enrolled(db, { program, size: 3 });
  await world.act("call");
  await taskDone(db, `${world.run}/0/call`, { outcome: "reached" });
  await taskDone(db, `${world.run}/1/call`, { outcome: "not" });
  expect(await statuses(world)).toEqual(["live", "ended completed", "live"]);

  await at(db, "2026-04-05T02:00:00Z");
  const first = await world.act("call/expire", { members: [2] });
  expect(first[2]).toMatchObject({ outcome: "overdue" });
  expect(await statuses(world)).toEqual(["live", "ended completed", "ended completed"]);
  expect(await world.act("call/expire", { members: [2] })).toEqual(first);
});

test("an event that meets the last wait ends the enrolment, and a later purchase is counted without restarting it", async () => {
  const goal: Program["goal"] = {
    convert: { event: "signed.up", within: { days: 91, minutes: 0 } },
    onConvert: { mode: "goto", pc: 1, root: 1 },
    targets: [],
    watch: [],
  };
  const world = await enrolled(db, { program: programOf({ order }, { goal }), size: 2 });
  await sql`
    insert into waits (enrolment, step, occurrence, kind, customer, event_type, since)
    select id, 'goal', 1, 'goal', customer, 'signed.up', ${LAUNCH} from enrolments where run = ${world.run}`.execute(
    db,
  );
  await world.act("order");
  const { rows } = await sql<{ name: string }>`
    select customer_id as name from customers where id = ${world.customers[0]}`.execute(db);
  const happen = async (type: string, data: Record<string, unknown>) => {
    await insertEvents(db, [{ source: "t", id: type, type, customerId: rows[0]!.name, occurredAt: null, data }]);
    while (await reactToEvents({ db, home, onStimuli: () => undefined }));
  };
  await happen("order.paid", { order_id: "o1", amount: 10 });
  expect(await statuses(world)).toEqual(["ended completed", "live"]);
  // the machine comes to its end by the same stimulus; a worker that asks again hears how the wait was met
  const { rows: told } = await sql<{
    body: { kind: string };
  }>`select body from stimuli where run = ${world.run}`.execute(db);
  expect(told.map(({ body }) => body.kind)).toEqual(["met"]);
  expect((await world.act("order", { members: [0] }))[0]).toMatchObject({ outcome: "met" });

  await happen("signed.up", {});
  const { rows: state } = await sql<{ epoch: number; converted: boolean }>`
    select epoch, exists (select 1 from conversions c where c.enrolment = e.id) as converted
    from enrolments e where run = ${world.run} order by number`.execute(db);
  expect(state).toEqual([
    { epoch: 0, converted: true },
    { epoch: 0, converted: false },
  ]);
});

test("a run is told when the last of its cohorts has ended, and not before", async () => {
  const world = await enrolled(db, { program: programOf({ call }), size: 1 });
  await sql`
    insert into cohorts (run, cohort, workflow_id, zone, size, status) values (${world.run}, 1, 'other', 'UTC', 1, 'live')`.execute(
    db,
  );
  const told: string[] = [];
  const onLastCohort = async (run: string) => void told.push(run);
  const { endCohort } = createActivities({ db, channels: [], wake: () => undefined, onLastCohort });
  await endCohort(world.run, 1);
  expect(told).toEqual([]);
  await endCohort(world.run, 0);
  expect(told).toEqual([world.run]);
});
