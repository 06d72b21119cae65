import { sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import { DAY } from "../../src/campaign/calendar.ts";
import { code, type SendStep, type TaskStep } from "../../src/campaign/program.ts";
import { minuteOf, timeOf } from "../../src/store/clock.ts";
import { solveComplaints } from "../../src/store/complaint.ts";
import { lockCustomers } from "../../src/store/customer.ts";
import { transaction } from "../../src/store/database.ts";
import { testSchema } from "../support/schema.ts";
import { at, enrolled, LAUNCH, NO_POLICY, programOf, type World } from "./world.ts";

const { db } = await testSchema();
const NOW = minuteOf(LAUNCH);
beforeEach(async () => void (await at(db, LAUNCH)));

const policy = { ...NO_POLICY, problemFirst: true };
const invite: SendStep = {
  kind: "send",
  id: "invite",
  channels: ["email"],
  template: "invite",
  sendKind: "promotion",
  topic: "promotion",
  validFor: { days: 2, minutes: 0 },
};
const call: TaskStep = {
  kind: "task",
  id: "call",
  team: "sales",
  by: "team",
  title: "Call",
  due: { days: 3, minutes: 0 },
  attempts: 1,
  sendKind: "promotion",
  outcomes: [{ id: "ok", connected: true }],
};
const program = programOf({ invite, call, last: { ...invite, id: "last" } }, { policy });

let complaints = 0;
async function complain(world: World, member: number): Promise<string> {
  const id = `k${++complaints}`;
  await sql`
    insert into complaints (id, customer, source, opened_at)
    values (${id}, ${world.customers[member]}, 'test', ${LAUNCH})`.execute(db);
  return id;
}
async function solve(world: World, member: number, id: string, time: Date = LAUNCH) {
  const customer = world.customers[member]!;
  await transaction(db, async (tx) => {
    await lockCustomers(tx, [customer]);
    await solveComplaints(tx, [{ customer, id, at: time }], time);
  });
}
const told = async ({ run }: World) =>
  (
    await sql<{ member: number; body: unknown }>`
    select member, body from stimuli where run = ${run} order by id`.execute(db)
  ).rows;
const waits = async ({ run }: World) =>
  (
    await sql`
      select w.step, w.kind, w.status from waits w join enrolments e on e.id = w.enrolment
      where e.run = ${run} order by w.enrolment, w.step`.execute(db)
  ).rows;

describe("a promotion that an open complaint holds", () => {
  test("is asked again as soon as the last complaint is solved", async () => {
    const world = await enrolled(db, { program, size: 2 });
    const [first, second] = [await complain(world, 0), await complain(world, 0)];
    expect(await world.act("invite")).toEqual([
      { outcome: "deferred", at: NOW, value: NOW + 2 * DAY },
      { outcome: "queued", at: NOW },
    ]);
    expect(await waits(world)).toEqual([{ step: "invite", kind: "complaint", status: "open" }]);
    await solve(world, 0, first);
    expect(await told(world)).toEqual([]);
    const solved = timeOf(NOW + 90);
    await solve(world, 0, second, solved);
    expect(await told(world)).toEqual([
      {
        member: 0,
        body: { kind: "met", at: NOW + 90, pc: 0, occurrence: 1, outcome: code("deferred"), value: 1 },
      },
    ]);
    // a cohort that is rebuilt asks the first attempt again, and hears that there is nothing to wait for
    expect((await world.act("invite", { members: [0] }))[0]).toEqual({ outcome: "deferred", at: NOW, value: NOW + 90 });
    await at(db, solved);
    expect((await world.act("invite", { attempt: 2, due: NOW + 90, members: [0] }))[0]).toMatchObject({
      outcome: "queued",
    });
    expect(await waits(world)).toEqual([]);
  });

  test("held twice, it names the attempt that waits", async () => {
    const world = await enrolled(db, { program, size: 1 });
    const first = await complain(world, 0);
    await world.act("invite");
    await solve(world, 0, first);
    const again = await complain(world, 0);
    expect(await world.act("invite", { attempt: 2, due: NOW + 1 })).toMatchObject([{ outcome: "deferred" }]);
    await solve(world, 0, again);
    expect((await told(world)).map(({ body }) => (body as { value: number }).value)).toEqual([1, 2]);
  });

  test("a call's own wait takes the place of the one for the complaint", async () => {
    const world = await enrolled(db, { program, size: 1 });
    const id = await complain(world, 0);
    expect(await world.act("call")).toMatchObject([{ outcome: "deferred" }]);
    await solve(world, 0, id);
    expect(await world.act("call", { attempt: 2, due: NOW + 1 })).toMatchObject([{ outcome: "waiting" }]);
    expect(await waits(world)).toEqual([{ step: "call", kind: "task", status: "open" }]);
  });

  test("who has left the journey is not told", async () => {
    const world = await enrolled(db, { program, size: 1 });
    const id = await complain(world, 0);
    await world.act("invite");
    await sql`update enrolments set status = 'ended' where run = ${world.run}`.execute(db);
    await solve(world, 0, id);
    expect(await told(world)).toEqual([]);
  });
});
