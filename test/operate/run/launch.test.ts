import { sql } from "kysely";
import { expect, test } from "vitest";
import { InputError } from "../../../src/fault.ts";
import { applyCampaign } from "../../../src/operate/campaign/apply.ts";
import { launch } from "../../../src/operate/run/launch.ts";
import { setClock } from "../../../src/store/clock.ts";
import { testSchema } from "../../support/schema.ts";

const { db } = await testSchema();
const LAUNCH = new Date("2026-04-01T02:00:00Z");
const BEFORE = new Date("2025-09-01T02:00:00Z");

test("who has no zone, or one that is not known on both sides, lives in the campaign's; others in cohorts of their own", async () => {
  await setClock(db, LAUNCH, 0);
  const zones = [null, "Asia/Tokyo", "Factory", "Asia/Shanghai", "Asia/Tokyo"];
  await sql`
    insert into customers (customer_id, timezone, created_at)
    select 'C' || n, zone, ${BEFORE} from unnest(${zones}::text[]) with ordinality as z (zone, n)`.execute(db);
  await sql`
    insert into orders (order_id, customer, paid_at, amount, currency, source)
    select 'O' || id, id, ${BEFORE}, 6000000, 'CNY', 'test' from customers`.execute(db);
  await applyCampaign(db, "rules", "winback-30", "me");
  const { run, cohorts } = await launch(db, {
    campaign: "winback-30",
    reach: "inbox",
    confirmed: true,
    acceptStale: true,
  });
  const { rows } = await sql<{ id: string; zone: string }>`
    select c.customer_id as id, e.zone from enrolments e join customers c on c.id = e.customer
    where e.run = ${run} order by c.customer_id`.execute(db);
  expect(rows.map((row) => `${row.id} ${row.zone}`)).toEqual([
    "C1 Asia/Shanghai",
    "C2 Asia/Tokyo",
    "C3 Asia/Shanghai",
    "C4 Asia/Shanghai",
    "C5 Asia/Tokyo",
  ]);
  expect(cohorts).toBe(2);
});

test("a launch that can reach real people names how many and waits for a yes, also when others went before it", async () => {
  const { rows } = await sql<{ runs: number }>`select count(*)::int as runs from runs`.execute(db);
  await sql`insert into customers (customer_id, created_at) values ('C6', ${BEFORE})`.execute(db);
  await sql`
    insert into orders (order_id, customer, paid_at, amount, currency, source)
    select 'O6', id, ${BEFORE}, 6000000, 'CNY', 'test' from customers where customer_id = 'C6'`.execute(db);
  const attempt = { campaign: "winback-30", reach: "everybody", acceptStale: true } as const;
  const refused = await launch(db, { ...attempt, confirmed: false }).catch((failure: unknown) => failure);
  expect(refused).toBeInstanceOf(InputError);
  expect((refused as InputError).faults[0]!.message.en).toMatch(/^this would write to 1 real customers; say --yes/);
  const left = await sql<{ runs: number }>`select count(*)::int as runs from runs`.execute(db);
  expect(left.rows).toEqual(rows);
});
