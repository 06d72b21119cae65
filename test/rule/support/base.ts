import fc from "../../support/property.ts";
import { sql } from "kysely";
import { DateTime } from "luxon";
import { buildCatalogue, type CatalogueParts } from "../../../src/rule/catalogue.ts";
import type { Scope } from "../../../src/rule/variables/scope.ts";
import type { Database } from "../../../src/store/database.ts";

const label = { en: "x", "zh-CN": "x" };

export const SEGMENTS = {
  buyers: { ">": [{ var: "orders.count" }, 0] },
  "lost-buyers": { and: [{ segment: "buyers" }, { ">": [{ var: "days_since.last_order" }, 30] }] },
};

/** A home with a trait of each type. */
export const HOME: CatalogueParts = {
  traits: {
    text: { type: "string", label },
    other: { type: "string", label },
    number: { type: "number", label },
    money: { type: "money", label },
    flag: { type: "boolean", label },
    date: { type: "date", label },
    tags: { type: "strings", label },
  },
  fields: (event): Scope => (event === "order.paid" ? { "event.amount": "money" } : { "event.*": "any" }),
  campaigns: ["spring", "autumn"],
  segments: SEGMENTS,
};
export const catalogue = buildCatalogue(HOME);

/** The Sunday on which New York's clocks go forward. */
export const asOf = new Date("2026-03-08T12:00:00Z");
export const homeZone = "Asia/Shanghai";

/** Texts that tend to differ between two implementations. */
export const TEXTS = [
  "",
  "a",
  "A",
  "ab",
  "180",
  " a",
  "é",
  "e\u0301",
  "ß",
  "İ",
  "茶",
  "茶叶",
  "😀",
  "a😀b",
  "%",
  "\\",
  "'",
  '"',
  "null",
  "\u{10FFFF}",
  "﻿",
];
export const NUMBERS = [0, -0, 1, -1, 2, 0.1, 0.2, 0.3, 1e15, -1e15, 1e-15, 3.14159, 179, 180, 1e7, 123456789.123];
export const DATES = [
  "2026-03-08",
  "1988-03-07",
  "2004-03-09",
  "1957-02-19",
  "2026-03-07",
  "2024-02-29",
  "2000-02-29",
  "1970-01-01",
  "0001-01-01",
  "9999-12-31",
];

const NO_DATES = [
  ...["2026-02-29", "2024-02-30", "1900-02-29", "0000-01-01", "2026-13-01", "2026-00-10", "2026-01-00", "2026-1-01"],
  ...["2026-01-32", "2026-03-32", "2026-04-31", "2026-05-32", "2026-06-31", "2026-07-32"],
  ...["2026-08-32", "2026-09-31", "2026-10-32", "2026-11-31", "2026-12-32"],
  ...["today", 20260308],
];

/** What is written in traits, rightly or not; customers take turns, so that each value is somebody's. */
const WRITTEN = {
  text: [...TEXTS, 5, null],
  other: TEXTS,
  number: [...NUMBERS, 1e16, -1e300, 1e-300, "5"],
  money: [0, 99.99, -5, 100, 1e12, 0.1, "7"],
  flag: [true, false, "true", 1],
  date: [...DATES, ...NO_DATES],
};
type Written = typeof WRITTEN;

const trait = fc.record(
  {
    text: fc.constant(true),
    other: fc.constant(true),
    number: fc.constant(true),
    money: fc.constant(true),
    flag: fc.constant(true),
    date: fc.constant(true),
    tags: fc.oneof(fc.array(fc.constantFrom(...TEXTS, 7, null), { maxLength: 3 }), fc.constant("a")),
  },
  { requiredKeys: [] },
);

/** When the calendar's periods begin at home, to the minute. */
const STARTS = (["week", "month", "quarter", "year"] as const).flatMap((unit) => {
  const start = DateTime.fromJSDate(asOf, { zone: homeZone }).startOf(unit);
  return [start, start.minus({ [unit]: 1 })].map((time) => (asOf.getTime() - time.toMillis()) / 60_000);
});
const minutesAgo = fc.oneof(
  fc.constantFrom(...STARTS),
  fc.integer({ min: -1_500, max: 5_000 }),
  fc.integer({ min: 0, max: 2_500 }),
  fc.constantFrom(0, 7 * 1440, 30 * 1440, 30 * 1440 + 1, 365 * 1440),
  fc.integer({ min: 0, max: 1_200_000 }),
);
const order = fc.record({
  ago: minutesAgo,
  amount: fc.constantFrom(0, 1, 9999, 10_000, 5_000_000, 9_007_199_254_740_991),
  // one more than an order of 0 or 1 came to: bounds must not trust sums with such
  refunded: fc.constantFrom(0, 0, 1, 2),
  status: fc.constantFrom("paid", "paid", "paid", "cancelled", "refunded", "pending"),
  items: fc.array(
    fc.record({
      category: fc.option(fc.constantFrom("tea", "cup")),
      qty: fc.constantFrom(0, 1, 2.5, -1, 1e15),
      price: fc.constantFrom(1000, 1000, 999),
    }),
    { minLength: 1, maxLength: 2 },
  ),
});
const event = fc.record({
  ago: minutesAgo,
  type: fc.constantFrom("check_in", "order.paid", "page_viewed"),
  data: fc.record(
    {
      step: fc.constantFrom("a", "b", 1),
      seconds: fc.constantFrom(1, 5, 6.5, "9", -3, 0.1, 1e15, 1e300),
      amount: fc.constantFrom(10, 9.99, "10.00", "9.995", " 12 ", "much", true),
    },
    { requiredKeys: [] },
  ),
});
const complaint = fc.record({ ago: minutesAgo, solved: fc.option(minutesAgo) });
const enrolment = fc.record({
  campaign: fc.constantFrom("spring", "autumn"),
  arm: fc.constantFrom("treatment", "treatment", "holdout"),
  ago: minutesAgo,
  ended: fc.option(fc.oneof(minutesAgo, fc.constant(0))),
  converted: fc.option(minutesAgo),
  messages: fc.array(
    fc.record({ kind: fc.constantFrom("promotion", "service", "transactional"), accepted: fc.option(minutesAgo) }),
    { maxLength: 4 },
  ),
});
const customer = fc.record({
  // Havana has no midnight on the day of asking; the last two are a day and two hours apart
  zone: fc.constantFrom(
    ...[null, null, "America/New_York", "Asia/Kathmandu", "America/Havana", "Pacific/Kiritimati", "Etc/GMT+12"],
  ),
  locale: fc.constantFrom(null, "en", "zh-CN"),
  owner: fc.constantFrom(null, "", "li", "王"),
  traits: trait,
  orders: fc.array(order, { maxLength: 5 }),
  events: fc.array(event, { maxLength: 6 }),
  complaints: fc.array(complaint, { maxLength: 2 }),
  consent: fc.option(fc.boolean()),
  enrolments: fc.array(enrolment, { maxLength: 3 }),
  scores: fc.option(
    fc.record({
      churn_risk: fc.constantFrom(null, 0, 0.25, 1),
      value_365d: fc.constantFrom(null, 0, 9_999, 5_000_000),
      rfm_recency: fc.constantFrom(null, 1, 5),
      tier: fc.constantFrom(null, "high", "茶"),
    }),
  ),
});
type Drawn = typeof customer extends fc.Arbitrary<infer C> ? C : never;
export type DrawnCustomer = Omit<Drawn, "traits"> & { id: number; traits: Record<string, unknown> };

export function drawCustomers(count: number, seed: number): DrawnCustomer[] {
  const turns = { text: 0, other: 0, number: 0, money: 0, flag: 0, date: 0 };
  return fc.sample(customer, { numRuns: count, seed }).map((drawn, i) => {
    const { tags, ...given } = drawn.traits;
    const traits: Record<string, unknown> = { ...(tags !== undefined && { tags }) };
    for (const name of Object.keys(given) as (keyof Written)[]) {
      const values = WRITTEN[name];
      traits[name] = values[turns[name]++ % values.length];
    }
    return { ...drawn, traits, id: i + 1 };
  });
}

/** Stores `count` drawn customers, numbered from 1; each table by one statement. */
export async function drawBase(db: Database, count: number, seed: number): Promise<DrawnCustomer[]> {
  const customers = drawCustomers(count, seed);
  const time = (ago: number) => new Date(asOf.getTime() - ago * 60_000).toISOString();
  const rows = (list: unknown[]) => sql`${JSON.stringify(list)}::jsonb`;
  const orders = customers.flatMap(({ id, orders }) =>
    orders.map((one, i) => ({ ...one, key: `${id}-${i}`, customer: id, at: time(one.ago) })),
  );
  const items = orders.flatMap(({ key, items: own }) => own.map((item, line) => ({ ...item, key, line })));
  const events = customers.flatMap(({ id, events }) =>
    events.map((one, i) => ({ ...one, key: `${id}-${i}`, customer: id, at: time(one.ago) })),
  );
  const complaints = customers.flatMap(({ id, complaints }) =>
    complaints.map((one, i) => ({
      key: `${id}-${i}`,
      customer: id,
      at: time(one.ago),
      solved: one.solved === null ? null : time(one.solved),
    })),
  );
  await sql`
    insert into customers (customer_id, timezone, locale, owner, traits, created_at)
    select id::text, zone, locale, owner, traits, ${asOf}
    from jsonb_to_recordset(${rows(customers)}) as r (id bigint, zone text, locale text, owner text, traits jsonb) order by r.id`.execute(
    db,
  );
  await sql`
    insert into orders (order_id, customer, paid_at, amount, refunded, currency, status, source)
    select key, customer, at, amount, refunded, 'CNY', status, 'test'
    from jsonb_to_recordset(${rows(orders)}) as r (key text, customer bigint, at timestamptz, amount bigint, refunded bigint, status text)`.execute(
    db,
  );
  await sql`
    insert into order_items (order_id, line, category, qty, price)
    select key, line, category, qty, price
    from jsonb_to_recordset(${rows(items)}) as r (key text, line int, category text, qty numeric, price bigint)`.execute(
    db,
  );
  await sql`
    insert into events (source, event_id, customer_id, customer, type, occurred_at, received_at, data)
    select 'test', key, customer::text, customer, type, at, at, data
    from jsonb_to_recordset(${rows(events)}) as r (key text, customer bigint, type text, at timestamptz, data jsonb)`.execute(
    db,
  );
  await sql`
    insert into complaints (id, customer, status, source, opened_at, solved_at)
    select key, customer, case when solved is null then 'open' else 'solved' end, 'test', at, solved
    from jsonb_to_recordset(${rows(complaints)}) as r (key text, customer bigint, at timestamptz, solved timestamptz)`.execute(
    db,
  );
  await sql`
    insert into consents (customer, channel, granted, source, at)
    select id, 'email', consent, 'test', ${asOf}
    from jsonb_to_recordset(${rows(customers)}) as r (id bigint, consent boolean) where consent is not null`.execute(
    db,
  );
  await sql`
    with run as (insert into score_runs (at, report) values (${asOf}, '{}') returning id)
    insert into customer_scores (customer, run, churn_risk, value_365d, rfm_recency, tier)
    select r.id, run.id, churn_risk, value_365d, rfm_recency, tier
    from run, jsonb_to_recordset(${rows(customers.flatMap(({ id, scores }) => (scores ? [{ id, ...scores }] : [])))})
      as r (id bigint, churn_risk float8, value_365d bigint, rfm_recency smallint, tier text)`.execute(db);
  await drawCampaigns(db, customers);
  return customers;
}

async function drawCampaigns(db: Database, customers: DrawnCustomer[]): Promise<void> {
  const time = (ago: number | null) => (ago === null ? null : new Date(asOf.getTime() - ago * 60_000).toISOString());
  const enrolments = customers
    .flatMap(({ id, enrolments: own }) => own.map((one, i) => ({ ...one, customer: id, key: String(i) })))
    .map((one, number) => ({ ...one, number, run: `${one.campaign}-1`, at: time(one.ago), over: time(one.ended) }));
  const rows = (list: unknown[]) => sql`${JSON.stringify(list)}::jsonb`;
  await sql`insert into documents values ('p', 'program', '{}', ${asOf})`.execute(db);
  await sql`
    insert into runs (id, campaign, program, status, launched_at, launch_day)
    select name || '-1', name, 'p', 'running', ${asOf}, 0 from unnest(array['spring', 'autumn']) as c (name)`.execute(
    db,
  );
  await sql`
    insert into enrolments (run, campaign, customer, key, number, arm, zone, status, entered_at, ended_at)
    select run, campaign, customer, key, number, arm, 'UTC', case when over is null then 'live' else 'ended' end, at, over
    from jsonb_to_recordset(${rows(enrolments)})
      as r (run text, campaign text, customer bigint, key text, number int, arm text, at timestamptz, over timestamptz)
    order by number`.execute(db);
  await sql`
    insert into contacts (customer, kind, value, created_at) select id, 'email', 'x', ${asOf} from customers`.execute(
    db,
  );
  const messages = enrolments.flatMap((one) =>
    one.messages.map(({ kind, accepted }, i) => ({
      key: `${one.number}-${i}`,
      number: one.number,
      i,
      kind,
      at: time(accepted),
    })),
  );
  await sql`
    insert into messages (id, enrolment, customer, run, step, occurrence, channel, contact, template, kind, topic, locale,
      epoch, status, not_before, created_at, accepted_at)
    select m.key, e.id, e.customer, e.run, 'invite', m.i, 'email', c.id, 'p', m.kind, 'promotion', 'en', 0,
      case when m.at is null then 'rejected' else 'accepted' end, ${asOf}, ${asOf}, m.at
    from jsonb_to_recordset(${rows(messages)}) as m (key text, number int, i int, kind text, at timestamptz)
    join enrolments e on e.number = m.number
    join contacts c on c.customer = e.customer`.execute(db);
  const conversions = enrolments.flatMap((one) =>
    one.converted === null ? [] : [{ number: one.number, at: time(one.converted) }],
  );
  await sql`
    with seen as (
      insert into events (source, event_id, customer_id, customer, type, occurred_at, received_at)
      select 'conversion', v.number::text, e.customer::text, e.customer, 'bought', v.at, v.at
      from jsonb_to_recordset(${rows(conversions)}) as v (number int, at timestamptz) join enrolments e using (number)
      returning id, event_id, occurred_at)
    insert into conversions (enrolment, customer, event, at, reacted_seq)
    select e.id, e.customer, s.id, s.occurred_at, 1 from seen s join enrolments e on e.number = s.event_id::int`.execute(
    db,
  );
}
