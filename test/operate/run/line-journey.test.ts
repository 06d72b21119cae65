import { sql } from "kysely";
import { expect, test } from "vitest";
import { LAUNCH, realStage } from "../support/real-stage.ts";

/** Lines on the real parts: Temporal carries who is inside, and whoever waits enters in the minute in which a place is free. */

const { db, started, until } = await realStage(["room", "rest"], 6);
const DAY = 1440;

const campaign = (id: string, audience: object) => ({
  id,
  name: { en: id, "zh-CN": id },
  audience,
  journey: [
    { id: "stay", wait: { for: "P1D" } },
    { id: "over", set: { values: { day: { var: "run.day" } } } },
  ],
});

/** Minutes after the launch at which members entered and left, in the order of their numbers. */
async function inside(run: string): Promise<[number, number | null][]> {
  const { rows } = await sql<{ entered: Date; ended: Date | null }>`
    select entered_at as entered, ended_at as ended from enrolments where run = ${run} order by number`.execute(db);
  const minutes = (at: Date) => Math.round((at.getTime() - LAUNCH.getTime()) / 60_000);
  return rows.map(({ entered, ended }) => [minutes(entered), ended && minutes(ended)]);
}

test("whoever waits enters in the minute in which a place or a rest is over", { timeout: 180_000 }, async () => {
  const room = await started(campaign("room", { list: "room", concurrent: 2 }));
  const exclusive = { group: "g", restAfter: "P2D", onConflict: "queue" };
  const first = await started(campaign("first", { list: "rest", exclusive }));
  const second = await started(campaign("second", { list: "rest", exclusive }));
  await until(2.5);
  const stays = (from: number) => [from * DAY, (from + 1) * DAY];
  expect(await inside(room)).toEqual([
    ...[stays(0), stays(0), stays(1), stays(1)],
    ...[2, 2].map((from) => [from * DAY, null]),
  ]);
  expect(await inside(second)).toEqual([]);
  await until(5);
  expect(await inside(room)).toHaveLength(6);
  expect(await inside(first)).toEqual(Array.from({ length: 6 }, () => stays(0)));
  expect(await inside(second)).toEqual(Array.from({ length: 6 }, () => stays(3)));
});
