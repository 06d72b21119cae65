import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { joinBySegments } from "../../src/intake/segment-join.ts";
import { readLibrary } from "../../src/operate/rules/library.ts";
import { drainRun } from "../../src/operate/run/drain.ts";
import { stopRun } from "../../src/operate/run/pause.ts";
import { lookAtAll } from "../../src/operate/segment/diff.ts";
import { setClock } from "../../src/store/clock.ts";
import { testSchema } from "../support/schema.ts";
import { enteredIn, standing } from "./standing.ts";
import { event, happen } from "./world.ts";

const { db } = await testSchema();
const START = new Date("2026-04-01T02:00:00Z");
const day = (n: number) => new Date(START.getTime() + n * 86_400_000);
beforeEach(() => setClock(db, START, 0));
afterEach(async () => {
  const { rows } = await sql<{ id: string }>`select id from runs where status <> 'stopped'`.execute(db);
  for (const { id } of rows) await stopRun(db, id);
});

const join = async (run: string) => {
  await joinBySegments(db);
  return (await enteredIn(db, run)).map((row) => row.customer);
};

test("who comes into a segment by an event joins, who was in it already does not; who leaves joins another campaign", async () => {
  await sql`insert into customers (customer_id, created_at) values ('old', ${START})`.execute(db);
  const welcome = await standing(db, "welcome", { segment: { id: "never-bought" } });
  const first = await standing(db, "first-order", { segment: { id: "never-bought", on: "exit" } });
  expect(await join(welcome.run)).toEqual([]);
  await happen(db, event("enquiry", "new", {}, START.toISOString()));
  expect(await join(welcome.run)).toEqual(["new"]);
  expect(await join(welcome.run)).toEqual(["new"]);
  expect((await enteredIn(db, welcome.run))[0]!.trigger).toEqual({
    segment: "never-bought",
    on: "entry",
    at: START.toISOString(),
  });
  await happen(db, event("order.paid", "old", { order_id: "o1", amount: 10 }, START.toISOString()));
  expect([await join(first.run), await join(welcome.run)]).toEqual([["old"], ["new"]]);
});

test("who comes by the mere passing of time joins after the next look; a run that drains takes nobody", async () => {
  const { library } = await readLibrary("rules");
  await happen(db, event("order.paid", "buyer", { order_id: "o2", amount: 600 }, START.toISOString()));
  const { run } = await standing(db, "miss-you", { segment: { id: "dormant" } });
  await setClock(db, day(200), 0);
  expect(await join(run)).toEqual([]);
  await lookAtAll(db, library);
  expect(await join(run)).toContain("buyer");
  await happen(db, event("order.paid", "second", { order_id: "o3", amount: 600 }, day(200).toISOString()));
  await drainRun(db, run);
  await setClock(db, day(400), 0);
  await lookAtAll(db, library);
  expect(await join(run)).not.toContain("second");
});
