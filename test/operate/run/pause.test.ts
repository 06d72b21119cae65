import { sql } from "kysely";
import { expect, test } from "vitest";
import { applyCampaign } from "../../../src/operate/campaign/apply.ts";
import { launch } from "../../../src/operate/run/launch.ts";
import { pauseRun, resumeRun } from "../../../src/operate/run/pause.ts";
import { setClock } from "../../../src/store/clock.ts";
import { loadRun } from "../../../src/store/run.ts";
import { testSchema } from "../../support/schema.ts";

const { db } = await testSchema();
const LAUNCH = new Date("2026-04-01T02:00:00Z");
const BEFORE = new Date("2025-09-01T02:00:00Z");

test("a run can be paused while it is still starting; resumed, it goes on starting, and its cohorts will hear of both", async () => {
  await setClock(db, LAUNCH, 0);
  await sql`insert into customers (customer_id, created_at) values ('C1', ${BEFORE})`.execute(db);
  await sql`
    insert into orders (order_id, customer, paid_at, amount, currency, source)
    select 'O1', id, ${BEFORE}, 6000000, 'CNY', 'test' from customers`.execute(db);
  await applyCampaign(db, "rules", "winback-30", "me");
  const { run } = await launch(db, { campaign: "winback-30", reach: "inbox", confirmed: true, acceptStale: true });
  expect((await loadRun(db, run)).status).toBe("starting");
  await pauseRun(db, run);
  expect((await loadRun(db, run)).status).toBe("paused");
  await resumeRun(db, run);
  expect((await loadRun(db, run)).status).toBe("starting");
  const { rows } = await sql<{ kind: string }>`select body ->> 'kind' as kind from stimuli order by id`.execute(db);
  expect(rows.map((row) => row.kind)).toEqual(["pause", "resume"]);

  await setClock(db, new Date(LAUNCH.getTime() + 3_600_000), 0);
  await sql`update cohorts set status = 'live'`.execute(db);
  await sql`update runs set status = 'running'`.execute(db);
  await pauseRun(db, run);
  await resumeRun(db, run);
  expect((await loadRun(db, run)).status).toBe("running");
});
