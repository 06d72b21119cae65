import { sql } from "kysely";
import { expect, test } from "vitest";
import { applyCampaign } from "../../../src/operate/campaign/apply.ts";
import { launch } from "../../../src/operate/run/launch.ts";
import { stopRun } from "../../../src/operate/run/pause.ts";
import { setClock } from "../../../src/store/clock.ts";
import { testSchema } from "../../support/schema.ts";

const { db } = await testSchema();
const LAUNCH = new Date("2026-04-01T02:00:00Z");
const BEFORE = new Date("2025-09-01T02:00:00Z");

test("a stopped run shuts what its members had open and gives reserved coupons back to their pool", async () => {
  await setClock(db, LAUNCH, 0);
  await sql`insert into customers (customer_id, created_at) values ('C1', ${BEFORE})`.execute(db);
  await sql`
    insert into orders (order_id, customer, paid_at, amount, currency, source)
    select 'O1', id, ${BEFORE}, 6000000, 'CNY', 'test' from customers`.execute(db);
  await applyCampaign(db, "rules", "winback-30", "me");
  const { run } = await launch(db, { campaign: "winback-30", reach: "inbox", confirmed: true, acceptStale: true });
  await sql`
    insert into contacts (customer, kind, value, created_at) select id, 'email', 'c1@example.com', ${LAUNCH} from customers`.execute(
    db,
  );
  await sql`
    insert into messages (id, enrolment, customer, run, step, occurrence, channel, contact, template, kind, topic, locale, epoch, not_before, created_at)
    select 'm1', e.id, e.customer, e.run, 'offer', 1, 'email', k.id, 'hash', 'promotion', 'promotion', 'en', 0, ${LAUNCH}, ${LAUNCH}
    from enrolments e join contacts k on k.customer = e.customer`.execute(db);
  await sql`
    insert into coupons (code, pool, enrolment, step, occurrence, customer, reserved_at, expires_at)
    select 'WB-TEST-0001', 'eighty-percent', id, 'offer', 1, customer, ${LAUNCH}, ${LAUNCH} from enrolments`.execute(
    db,
  );
  await sql`update coupon_pools set reserved = 1`.execute(db);
  await sql`
    insert into challenges (enrolment, step, customer, event_type, first_day, days)
    select id, 'days', customer, 'check_in', 20544, 30 from enrolments`.execute(db);
  await stopRun(db, run);
  const { rows } = await sql`
    select r.status as run, e.status as enrolment, e.ended_reason as why, m.status as message, m.reason, c.status as coupon,
           p.reserved, h.status as challenge
    from runs r join enrolments e on e.run = r.id join messages m on m.enrolment = e.id join coupons c on c.enrolment = e.id
    join coupon_pools p on p.id = c.pool join challenges h on h.enrolment = e.id`.execute(db);
  expect(rows).toEqual([
    {
      run: "stopped",
      enrolment: "ended",
      why: "stopped",
      message: "withheld",
      reason: "stopped",
      coupon: "released",
      reserved: 0,
      challenge: "closed",
    },
  ]);
});
