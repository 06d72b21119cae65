import { sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import { joinDue } from "../../src/intake/due.ts";
import { freezeClock, nextDueMinute, stepClock, stir } from "../../src/operate/clock.ts";
import { stopRun } from "../../src/operate/run/pause.ts";
import { minuteOf, now, timeOf } from "../../src/store/clock.ts";
import { START, type World, world } from "../delivery/world.ts";
import { standing } from "../intake/standing.ts";
import { event, happen } from "../intake/world.ts";
import { testSchema } from "../support/schema.ts";

const { db } = await testSchema();
const AT = minuteOf(START);
let home: World;
beforeEach(async () => {
  await sql`truncate runs, customers, events, stimuli cascade`.execute(db);
  home = await world(db, 6);
  await freezeClock(db, START);
});

/** A member's place for each of the run's first messages. */
async function messages(...states: [status: string, notBefore: number][]): Promise<void> {
  await home.queue();
  const { rows } = await sql<{ id: string }>`select id from messages order by id`.execute(db);
  for (const [i, { id }] of rows.entries()) {
    const [status, notBefore] = states[i] ?? ["accepted", AT];
    await sql`update messages set status = ${status}, not_before = ${timeOf(notBefore)} where id = ${id}`.execute(db);
  }
}
const cohort = (number: number, status: string, parked: number | null, last: number, due: number | null) =>
  sql`
  insert into cohorts (run, cohort, workflow_id, zone, size, status, parked_number, last_number, parked_due)
  values (${home.run}, ${number}, ${`c${number}`}, 'UTC', 1, ${status}, ${parked}, ${last}, ${due})`.execute(db);

describe("the stepped clock", () => {
  test("sees what still moves, and only that", async () => {
    await messages(["pending", AT], ["pending", AT + 1], ["claimed", AT], ["sending", AT - 5], ["accepted", AT]);
    await cohort(0, "starting", null, 0, null);
    await cohort(1, "live", 3, 4, null);
    await cohort(2, "live", 4, 4, AT + 60);
    await cohort(3, "ended", 1, 9, null);
    expect(await stir(db)).toEqual({
      events: 0,
      stimuli: 0,
      cohorts: 2,
      messages: 3,
      webhooks: 0,
      runs: 0,
      joins: 0,
      lines: 0,
    });
  });

  test("goes to the earliest of what cohorts and messages wait for, and tells the cohorts that are due then", async () => {
    await messages(["pending", AT + 90]);
    await cohort(0, "live", 0, 0, AT + 120);
    await cohort(1, "live", 0, 0, AT + 90);
    await cohort(2, "ended", 0, 0, AT + 10);
    expect(await nextDueMinute(db)).toBe(AT + 90);

    await stepClock(db, AT + 90);
    expect(minuteOf(await now(db))).toBe(AT + 90);
    const { rows } = await sql`select cohort, member, body from stimuli`.execute(db);
    expect(rows).toEqual([{ cohort: 1, member: -1, body: { kind: "clock", at: AT + 90 } }]);
    expect(await stir(db)).toMatchObject({ stimuli: 1, messages: 1 });
    await expect(stepClock(db, AT)).rejects.toThrow("does not go back");
  });

  test("stops where somebody is to join a run that stands, and waits until they have", async () => {
    const { run } = await standing(db, "left-carts", { event: { type: "cart.updated", settle: "PT1H" } });
    await sql`update runs set status = 'running' where id = ${run}`.execute(db);
    await happen(db, event("cart.updated", "C1", {}, timeOf(AT).toISOString()));
    expect([await nextDueMinute(db), (await stir(db)).joins]).toEqual([AT + 60, 0]);
    await stepClock(db, AT + 60);
    expect((await stir(db)).joins).toBe(1);
    await joinDue(db);
    expect(await stir(db)).toMatchObject({ joins: 0, stimuli: 1, cohorts: 1 });
    await happen(db, event("cart.updated", "C2", {}, timeOf(AT).toISOString()));
    await stopRun(db, run);
    expect((await stir(db)).joins).toBe(0);
  });

  test("has nowhere to go when nothing waits", async () => {
    expect(await nextDueMinute(db)).toBeNull();
  });
});
