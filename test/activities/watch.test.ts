import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { createRunActivities } from "../../activities/run.ts";
import type { Program, Step, Watch } from "../../src/campaign/program.ts";
import { taskDone } from "../../src/operate/task/task.ts";
import { testSchema } from "../support/schema.ts";
import { at, enrolled, LAUNCH, LAUNCH_DAY, pastEvent, programOf, type World } from "./world.ts";

const store = await testSchema();
const { db, schema } = store;
// settling asks nothing of Temporal
const { settleRun } = createRunActivities({ db, schema, temporal: undefined as never, locale: "en" });
beforeEach(async () => void (await at(db, LAUNCH)));

const steps: Record<string, Step> = {
  "days/open": { kind: "challengeOpen", id: "days", event: "check_in", days: 30, at: 540, gifts: [] },
  later: { kind: "waitFor", id: "later", event: "order.paid", since: "step", within: { days: 60, minutes: 0 } },
};
const watch: Watch = {
  metric: "participation_rate",
  below: 0.6,
  phase: "execution",
  after: { days: 7, minutes: 0 },
  team: "marketing",
  due: { days: 2, minutes: 0 },
};

async function launched(watches: Watch[], size = 5): Promise<World> {
  const phases = [
    { id: "warm-up", days: 15 },
    { id: "execution", days: 61 },
  ];
  const goal: Program["goal"] = {
    participation: { event: "check_in", atLeast: 1 },
    onConvert: { mode: "continue" },
    targets: [],
    watch: watches,
  };
  const world = await enrolled(db, { program: programOf(steps, { phases, goal }), size });
  await sql`
    insert into run_phases (run, phase, id, planned_day, start_day, days)
    values (${world.run}, 0, 'warm-up', ${LAUNCH_DAY}, ${LAUNCH_DAY}, 15),
      (${world.run}, 1, 'execution', ${LAUNCH_DAY + 15}, ${LAUNCH_DAY + 15}, 61)`.execute(db);
  await world.act("days/open");
  return world;
}
async function takePart(world: World, members: number[]) {
  for (const member of members) {
    const time = "2026-04-20T02:00:00Z";
    const event = await pastEvent(db, world.customers[member]!, "check_in", time);
    await sql`insert into check_ins (enrolment, step, day, event, at)
      values (${world.enrolments[member]}, 'days', ${LAUNCH_DAY + 19}, ${event}, ${time})`.execute(db);
  }
}
const tasks = async (run: string) =>
  (
    await sql<{ id: string; title: string; team: string; due_at: Date; status: string }>`
      select id, title, team, due_at, status from tasks where run = ${run} order by id`.execute(db)
  ).rows;

test("a metric that is off once its time has come raises one task, however often one looks", async () => {
  const world = await launched([watch]);
  await takePart(world, [0, 1]);
  // execution begins on 16 April, 00:00 in Shanghai; seven days later the watch looks
  await at(db, "2026-04-22T15:00:00Z");
  expect(await settleRun(world.run)).toEqual({ ended: false, lookAgainMinutes: 60 });
  expect(await tasks(world.run)).toEqual([]);

  await at(db, "2026-04-22T16:00:00Z");
  await settleRun(world.run);
  await settleRun(world.run);
  const id = `${world.run}/watch/participation_rate`;
  expect(await tasks(world.run)).toEqual([
    {
      id,
      title: "Participation rate is 40.0%, below 60.0%",
      team: "marketing",
      due_at: new Date("2026-04-24T16:00:00Z"),
      status: "open",
    },
  ]);
  await taskDone(db, id, { by: "li" });
  await settleRun(world.run);
  expect((await tasks(world.run)).map((task) => task.status)).toEqual(["done"]);
});

test("what is on its bound is not off; a second watch on the metric has a task of its own", async () => {
  const above: Watch = { ...watch, above: 0.5, after: { days: 0, minutes: 0 } };
  delete above.below;
  const world = await launched([watch, above]);
  await takePart(world, [0, 1, 2]);
  await at(db, "2026-05-01T00:00:00Z");
  await settleRun(world.run);
  expect(await tasks(world.run)).toMatchObject([
    { id: `${world.run}/watch/participation_rate/2`, title: "Participation rate is 60.0%, above 50.0%" },
  ]);
});

test("a phase that a gate holds up has not begun, and nobody counted is nothing to say", async () => {
  const gated = await launched([watch, { ...watch, metric: "satisfaction_avg", below: 4, phase: "warm-up" }]);
  await sql`
    insert into tasks (id, run, kind, title, team, phase, gate, created_at)
    values (${`${gated.run}/plan/design`}, ${gated.run}, 'plan', 'design', 'design', 'warm-up', true, ${LAUNCH})`.execute(
    db,
  );
  await at(db, "2026-05-20T00:00:00Z");
  await settleRun(gated.run);
  expect((await tasks(gated.run)).map((task) => task.id)).toEqual([`${gated.run}/plan/design`]);
});
