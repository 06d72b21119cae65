import fc from "../../support/property.ts";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stopRun } from "../../../src/operate/run/pause.ts";
import { now, setClock } from "../../../src/store/clock.ts";
import { transaction } from "../../../src/store/database.ts";
import { closeOldCohorts } from "../../../src/store/join/cohorts.ts";
import { join } from "../../../src/store/join/join.ts";
import { enteredIn, standing, toldIn } from "../../intake/standing.ts";
import { testSchema } from "../../support/schema.ts";

const { db } = await testSchema();
const START = new Date("2026-04-01T02:00:00Z");
const at = (minutes: number) => setClock(db, new Date(START.getTime() + minutes * 60_000), 0);
beforeEach(() => at(0));
afterEach(async () => {
  const { rows } = await sql<{ id: string }>`select id from runs where status <> 'stopped'`.execute(db);
  for (const { id } of rows) await stopRun(db, id);
});

let customers = 0;
let campaigns = 0;

async function open(capacity: number) {
  const { run, program } = await standing(db, `cohorts-${++campaigns}`, { event: { type: "enquiry" } });
  return {
    run,
    async join(number: number, timezone: string | null = null) {
      const { rows } = await sql<{ id: number }>`
        insert into customers (customer_id, timezone, created_at)
        select 'N' || n, ${timezone}, ${START} from generate_series(${customers + 1}::int, ${customers + number}::int) n
        returning id`.execute(db);
      customers += number;
      const joiners = rows.map(({ id }) => ({ customer: id, key: "", trigger: {} }));
      await transaction(db, async (tx) => join(tx, run, { ...program, cohortSize: capacity }, joiners, await now(tx)));
    },
  };
}

async function sizes(run: string): Promise<string[]> {
  const { rows } = await sql<{ cohort: string }>`
    select cohort || ' ' || zone || ' ' || size || case when open then ' open' else '' end as cohort
    from cohorts where run = ${run} order by cohorts.cohort`.execute(db);
  return rows.map((row) => row.cohort);
}

test("a full cohort is closed, after its last member has been told, and the next one opens", async () => {
  const { run, join: enter } = await open(3);
  await enter(2);
  await enter(5);
  expect(await sizes(run)).toEqual(["0 Asia/Shanghai 3", "1 Asia/Shanghai 3", "2 Asia/Shanghai 1 open"]);
  const told = await toldIn(db, run);
  for (const cohort of [0, 1])
    expect(told.indexOf(`${cohort} close`)).toBeGreaterThan(told.indexOf(`${cohort}/2 start`));
  expect(told).not.toContain("2 close");
});

test("a cohort takes joiners for an hour, in its own zone", async () => {
  const { run, join: enter } = await open(500);
  await enter(1);
  await enter(1, "Asia/Tokyo");
  await at(59);
  expect(await closeOldCohorts(db, await now(db))).toBe(0);
  await enter(1);
  expect(await sizes(run)).toEqual(["0 Asia/Shanghai 2 open", "1 Asia/Tokyo 1 open"]);
  await at(60);
  // whoever comes first closes it: a joiner, or the one who looks for old ones
  await enter(1);
  expect(await closeOldCohorts(db, await now(db))).toBe(1);
  expect(await sizes(run)).toEqual(["0 Asia/Shanghai 2", "1 Asia/Tokyo 1", "2 Asia/Shanghai 1 open"]);
  expect((await toldIn(db, run)).filter((told) => told.endsWith("close")).toSorted()).toEqual(["0 close", "1 close"]);
});

test("whatever comes when: every joiner has one place, told once, and no cohort is told of anybody after its end", async () => {
  const act = fc.oneof(
    fc.record({ join: fc.integer({ min: 1, max: 7 }), zone: fc.constantFrom(null, "Asia/Tokyo") }),
    fc.record({ wait: fc.constantFrom(1, 30, 59, 60) }),
    fc.record({ sweep: fc.constant(true) }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { minLength: 1, maxLength: 10 }),
      fc.integer({ min: 1, max: 4 }),
      async (acts, capacity) => {
        await at(0);
        const { run, join: enter } = await open(capacity);
        let [minute, entered] = [0, 0];
        for (const one of acts) {
          if ("wait" in one) await at((minute += one.wait));
          else if ("sweep" in one) await closeOldCohorts(db, await now(db));
          else {
            await enter(one.join, one.zone);
            entered += one.join;
          }
        }
        const rows = await enteredIn(db, run);
        expect(rows.map((row) => row.number)).toEqual(Array.from({ length: entered }, (_, i) => i));
        const told = await toldIn(db, run);
        expect(told.filter((one) => one.endsWith("start")).toSorted()).toEqual(
          rows.map((row) => `${row.cohort}/${row.member} start`).toSorted(),
        );
        const closed = new Set<string>();
        for (const one of told) {
          const cohort = /^\d+/.exec(one)![0];
          expect(closed).not.toContain(cohort);
          if (one.endsWith("close")) closed.add(cohort);
        }
        const { rows: broken } = await sql`
        select from cohorts c where run = ${run} and (size > ${capacity} or open and size = ${capacity}
          or size <> (select count(*) from enrolments e where e.run = c.run and e.cohort = c.cohort)
          or not open and not exists (
            select from stimuli s where s.run = c.run and s.cohort = c.cohort and s.body ->> 'kind' = 'close'))`.execute(
          db,
        );
        expect(broken).toEqual([]);
      },
    ),
    { numRuns: 12 },
  );
});
