import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { forgetVisitors } from "../../src/intake/forget.ts";
import { setClock } from "../../src/store/clock.ts";
import { insertEvents } from "../../src/store/event.ts";
import { testSchema } from "../support/schema.ts";
import { event, happen, START } from "./world.ts";

const { db } = await testSchema();
const DAY_MS = 86_400_000;
const after = (days: number) => setClock(db, new Date(START.getTime() + days * DAY_MS), 0);
const left = async () => {
  const { rows } = await sql<{ name: string }>`select distinct customer_id as name from events order by 1`.execute(db);
  return rows.map(({ name }) => name);
};
beforeEach(async () => {
  await sql`delete from events`.execute(db);
  await setClock(db, START, 0);
  await insertEvents(
    db,
    ["a", "b", "c"].map((name) => event("page.viewed", `anonymous:${name}`)),
  );
  await happen(db, event("customer.linked", "C1", { anonymous_id: "b" }), event("visit", "C2"));
});

test("what visitors did is forgotten after 90 days, unless somebody has recognised them; customers' events stay", async () => {
  await after(60);
  await insertEvents(db, [event("page.viewed", "anonymous:late")]);
  await after(89);
  expect(await forgetVisitors(db, {})).toBe(false);
  expect(await left()).toEqual(["C1", "C2", "anonymous:a", "anonymous:b", "anonymous:c", "anonymous:late"]);
  await after(91);
  expect(await forgetVisitors(db, {})).toBe(false);
  expect(await left()).toEqual(["C1", "C2", "anonymous:b", "anonymous:late"]);
});

test("the home says for how long, a part at a time", async () => {
  await after(2);
  expect(await forgetVisitors(db, { keep: { visitors: "forever" } })).toBe(false);
  const keep = { visitors: { days: 1, minutes: 0 } };
  expect(await forgetVisitors(db, { keep }, 1)).toBe(true);
  expect(await left()).toHaveLength(4);
  expect(await forgetVisitors(db, { keep }, 1)).toBe(true);
  expect(await forgetVisitors(db, { keep }, 1)).toBe(false);
  expect(await left()).toEqual(["C1", "C2", "anonymous:b"]);
});
