import { sql } from "kysely";
import { afterEach, expect, test } from "vitest";
import { dueLooks, joinByDates } from "../../src/intake/date-join.ts";
import { stopRun } from "../../src/operate/run/pause.ts";
import { minuteOf, setClock } from "../../src/store/clock.ts";
import { dataStatus } from "../../src/operate/data-status.ts";
import { loadStatus } from "../../src/report/status.ts";
import { loadMissed } from "../../src/store/join/dates.ts";
import { testSchema } from "../support/schema.ts";
import { enteredIn, standing } from "./standing.ts";

const { db } = await testSchema();
const at = (time: string) => setClock(db, new Date(time), 0);
afterEach(async () => {
  const { rows } = await sql<{ id: string }>`select id from runs where status <> 'stopped'`.execute(db);
  for (const { id } of rows) await stopRun(db, id);
  await sql`delete from settling`.execute(db);
});

async function people(list: [customer: string, birthday: string | null, zone?: string][]) {
  await sql`
    insert into customers (customer_id, timezone, traits, created_at)
    select customer_id, zone, case when birthday is null then '{}' else jsonb_build_object('birthday', birthday) end, '2020-01-01'
    from jsonb_to_recordset(${JSON.stringify(list.map(([customer_id, birthday, zone]) => ({ customer_id, birthday, zone })))}::jsonb)
      as p (customer_id text, birthday text, zone text)`.execute(db);
}

/** Who has joined when the clock stands at `time`, new ones only. */
async function joinAt(run: string, time: string): Promise<string[]> {
  const before = (await enteredIn(db, run)).length;
  await at(time);
  while ((await joinByDates(db)).more) continue;
  const entered = await enteredIn(db, run);
  return entered.slice(before).map(({ customer, key }) => `${customer} ${key}`);
}

test("birthdays: each in its own zone at the campaign's hour, every year once, also those of 29 February", async () => {
  await at("2026-02-20T00:00:00Z");
  await people([
    ["shanghai", "1990-03-01"],
    ["tokyo", "1985-03-01", "Asia/Tokyo"],
    ["new-york", "1985-03-01", "America/New_York"],
    ["nowhere", "1985-03-01", "Mars/Olympus"],
    ["leap", "2000-02-29"],
    ["later", "1990-03-02"],
    ["none", null],
    ["odd", "soon"],
  ]);
  const { run } = await standing(db, "birthday", {
    date: { trait: "birthday", offset: "-P1D", at: "09:00" },
  });
  // the day before 28 February and 1 March, which this year follow each other
  expect(await joinAt(run, "2026-02-27T00:59:00Z")).toEqual([]);
  expect((await dueLooks(db)).next).toBe(minuteOf(new Date("2026-02-27T01:00:00Z")));
  expect(await joinAt(run, "2026-02-27T01:00:00Z")).toEqual(["leap 2026-02-28"]);
  expect(await joinAt(run, "2026-02-28T00:00:00Z")).toEqual(["tokyo 2026-03-01"]);
  expect(await joinAt(run, "2026-02-28T00:30:00Z")).toEqual([]);
  expect(await joinAt(run, "2026-02-28T01:00:00Z")).toEqual(["shanghai 2026-03-01", "nowhere 2026-03-01"]);
  expect(await joinAt(run, "2026-02-28T14:00:00Z")).toEqual(["new-york 2026-03-01"]);
  expect(await joinAt(run, "2026-02-28T14:30:00Z")).toEqual([]);
  // a day of standstill is not made up for, and told
  expect(await joinAt(run, "2026-03-02T01:00:00Z")).toEqual([]);
  expect(await loadMissed(db, run)).toEqual([
    { run, campaign: "birthday", days: 1, customers: 1, latest: "2026-03-01" },
  ]);
  expect(await joinAt(run, "2027-02-28T23:00:00Z")).toEqual(["new-york 2027-03-01"]);
  expect((await enteredIn(db, run)).at(-1)!.trigger).toEqual({ date: "2027-03-01" });
});

test("with catchUp the days that nothing ran on are made up for, oldest first, each once; what is older is told", async () => {
  await at("2026-05-31T00:00:00Z");
  await people([
    ["june-1", "1990-06-01"],
    ["june-2", "1990-06-02"],
    ["june-3", "1985-06-03", "America/New_York"],
    ["june-4", "1985-06-04"],
    ["june-4-ny", "1985-06-04", "America/New_York"],
  ]);
  const { run } = await standing(db, "late-care", { date: { trait: "birthday", at: "09:00", catchUp: "P2D" } });
  expect(await joinAt(run, "2026-05-31T14:00:00Z")).toEqual([]);
  // at 03:00 on 5 June in Shanghai, 15:00 on 4 June in New York: 2 June is three days ago, and told
  expect(await joinAt(run, "2026-06-04T19:00:00Z")).toEqual([
    "june-4 2026-06-04",
    "june-3 2026-06-03",
    "june-4-ny 2026-06-04",
  ]);
  expect(await loadMissed(db, run)).toEqual([
    { run, campaign: "late-care", days: 2, customers: 2, latest: "2026-06-02" },
  ]);
  const { missed } = await loadStatus(db, run);
  expect(missed).toEqual({ days: 2, customers: 2, latest: "2026-06-02" });
  expect((await dataStatus(db)).missedDays).toEqual(await loadMissed(db, run));
  expect(await joinAt(run, "2026-06-04T20:00:00Z")).toEqual([]);
  // what a trigger says of its day is that day's, not the day of being made up for
  expect((await enteredIn(db, run)).map(({ trigger }) => trigger)).toContainEqual({ date: "2026-06-03" });
});

test("a campaign launched while nothing ran has missed only what lay after its launch", async () => {
  await at("2026-07-02T03:00:00Z");
  await people([
    ["july-2", "1990-07-02"],
    ["july-3", "1990-07-03"],
    ["july-4", "1990-07-04"],
  ]);
  const { run } = await standing(db, "fresh-care", { date: { trait: "birthday", at: "09:00", catchUp: "P30D" } });
  expect(await joinAt(run, "2026-07-04T00:30:00Z")).toEqual(["july-3 2026-07-03"]);
  expect(await joinAt(run, "2026-07-04T01:00:00Z")).toEqual(["july-4 2026-07-04"]);
  expect(await loadMissed(db, run)).toEqual([]);
});

test("what lay before the launch is not made up for; a lunar birthday follows the moon", async () => {
  // 2026-09-25 is the 15th of the eighth lunar month, as 1991-09-22 was
  await people([["moon", "1991-09-22"]]);
  await at("2026-09-25T05:00:00Z");
  const late = await standing(db, "late", { date: { trait: "birthday", lunar: true, at: "09:00" } });
  expect(await joinAt(late.run, "2026-09-25T06:00:00Z")).toEqual([]);
  await stopRun(db, late.run);
  await at("2026-09-24T05:00:00Z");
  const { run } = await standing(db, "lunar", { date: { trait: "birthday", lunar: true, at: "09:00" } });
  expect(await joinAt(run, "2026-09-25T05:00:00Z")).toEqual(["moon 2026-09-25"]);
  expect(await joinAt(run, "2027-09-15T05:00:00Z")).toEqual(["moon 2027-09-15"]);
});

test("a festival brings everybody in the audience, in parts, once; lunar New Year's Eve is found also in short months", async () => {
  await sql`insert into customers (customer_id, created_at) select 'crowd-' || n, '2020-01-01' from generate_series(1, 2500) n`.execute(
    db,
  );
  await at("2026-01-01T00:00:00Z");
  // 16 February 2026 is the last day, the 29th, of a twelfth month of 29 days
  const { run } = await standing(
    db,
    "new-years-eve",
    { date: { month: 12, day: 30, lunar: true, at: "10:00" } },
    { audience: { segment: "never-bought" } },
  );
  expect(await joinAt(run, "2026-02-15T12:00:00Z")).toEqual([]);
  expect((await joinAt(run, "2026-02-16T02:00:00Z")).length).toBeGreaterThan(2500);
  const everybody = (await sql<{ n: number }>`select count(*)::int as n from customers`.execute(db)).rows[0]!.n;
  await joinAt(run, "2026-02-16T15:00:00Z");
  expect(await enteredIn(db, run)).toHaveLength(everybody);
  expect(new Set((await enteredIn(db, run)).map((row) => row.key))).toEqual(new Set(["2026-02-16"]));
});
