import { sql } from "kysely";
import { type Database, type DatabaseOptions, openDatabase } from "../../src/store/database.ts";
import { migrateDatabase } from "../../src/store/migrate.ts";

export const AS_OF = new Date("2026-04-01T00:00:00Z");
export const HOME_ZONE = "Asia/Shanghai";
const ORDERS_EACH = 10;
/** Raised when what is generated changes, so that a cached base is made anew. */
const VERSION = 2;

/**
 * A base of customers with ten orders each on average over some years, most of them small, some customers long gone; made
 * once by set-wise SQL and kept in a schema of its own.
 * @param say progress
 */
export async function openWorld(url: string, customers: number, say: (line: string) => void): Promise<Database> {
  const schema = `bench_segments_${customers}`;
  const options: DatabaseOptions = { url, schema, max: 1 };
  const db = openDatabase(options);
  const ready = `rekindle bench ${VERSION}`;
  const { rows } = await sql<{ note: string | null }>`
    select obj_description(to_regnamespace(${schema})::oid, 'pg_namespace') as note`.execute(db);
  if (rows[0]!.note === ready && (await isMigrated(options))) {
    say(`${customers.toLocaleString("en")} customers are there from an earlier run`);
    return db;
  }
  await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(db);
  await migrateDatabase(options);
  await generate(db, customers, say);
  await sql`comment on schema ${sql.id(schema)} is ${sql.lit(ready)}`.execute(db);
  return db;
}

/** Brings a base of an earlier version up to date; not if migrations came in between that were there before. */
async function isMigrated(options: DatabaseOptions): Promise<boolean> {
  return migrateDatabase(options).then(
    () => true,
    () => false,
  );
}

async function generate(db: Database, customers: number, say: (line: string) => void): Promise<void> {
  const start = performance.now();
  const step = async (what: string, query: { execute(db: Database): Promise<unknown> }) => {
    await query.execute(db);
    say(`${what}, ${((performance.now() - start) / 1000).toFixed(0)} s`);
  };
  const asOf = sql`${AS_OF}::timestamptz`;
  // rows are made consistent, so neither keys nor triggers need to look at each
  await sql`set session_replication_role = replica`.execute(db);
  await sql`select setseed(0.42)`.execute(db);
  await step(
    "customers",
    sql`
    insert into customers (customer_id, timezone, traits, created_at)
    select 'c' || i, case when i % 20 = 0 then 'America/New_York' end,
           jsonb_build_object('city', (array['杭州', '上海', '北京', '成都'])[1 + i % 4], 'birthday', date '1960-01-01' + (i::bigint * 7919 % 16000)::int),
           ${asOf}
    from generate_series(1, ${sql.lit(customers)}) as i`,
  );
  await sql`
    create temporary table profiles as
    select c.id as customer, case when random() < 0.1 then 0 else ceil(-ln(1 - random()) * ${sql.lit(ORDERS_EACH / 0.95)})::int end as orders,
           -ln(1 - random()) * 200 as gone_for, exp(7.3 + 1.2 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())) as usual
    from customers c`.execute(db);
  await sql`drop index orders_of_customer`.execute(db);
  await step(
    "orders",
    sql`
    insert into orders (order_id, customer, paid_at, amount, refunded, currency, status, source)
    select 'o' || customer || '-' || n, customer,
           ${asOf} - make_interval(secs => 86400 * (gone_for + case when n = 1 then 0 else 1095 * random() end)),
           round(100 * usual * (0.5 + random()))::bigint, 0, 'CNY',
           case when random() < 0.03 then 'cancelled' else 'paid' end, 'bench'
    from profiles, generate_series(1, orders) as n
    order by 3`,
  );
  await step(
    "index over orders",
    sql`create index orders_of_customer on orders (customer, paid_at) include (amount, refunded, status)`,
  );
  await step(
    "summaries",
    sql`
    insert into customer_orders (customer, orders, spent, smallest, largest, first_at, last_at)
    select customer, count(*), sum(amount - refunded), min(amount - refunded), max(amount - refunded), min(paid_at), max(paid_at)
    from orders where status = 'paid' group by customer`,
  );
  await step(
    "events",
    sql`
    insert into events (source, event_id, customer_id, customer, type, occurred_at, received_at, reacted_at)
    select 'bench', i::text, 'c' || who, who, coalesce((array['coupon.redeemed', 'complaint.opened'])[1 + i % 20], 'check_in'), at, at, at
    from (
      select i, 1 + floor(random() * ${sql.lit(customers / 10)})::bigint * 10 as who,
             ${asOf} - make_interval(secs => 86400 * 120 * random()) as at
      from generate_series(1, ${sql.lit(customers)}) as i) made`,
  );
  await step(
    "complaints, consents, scores",
    sql`
    with opened as (
      insert into complaints (id, customer, status, source, opened_at, solved_at)
      select 'k' || id, id, case when id % 3 = 0 then 'open' else 'solved' end, 'bench', ${asOf} - interval '20 days',
             case when id % 3 > 0 then ${asOf} - interval '10 days' end
      from customers where id % 50 < 3),
    asked as (
      insert into consents (customer, channel, granted, source, at)
      select id, 'email', id % 10 < 7, 'bench', ${asOf} from customers where id % 10 < 9),
    run as (insert into score_runs (at, report) values (${asOf}, '{}') returning id)
    insert into customer_scores (customer, run, rfm_recency, rfm_frequency, rfm_monetary, churn_risk, value_365d, tier, stage)
    select customer, run.id, 1 + floor(random() * 5), 1 + floor(random() * 5), 1 + floor(random() * 5), random(),
           round(random() * 5000000), (array['high', 'mid', 'potential', 'low-risk'])[1 + floor(random() * 4)::int],
           (array['potential', 'new', 'growth', 'mature', 'declining', 'lost'])[1 + floor(random() * 6)::int]
    from profiles, run where orders > 0`,
  );
  await sql`set session_replication_role = default`.execute(db);
  for (const table of [
    "customers",
    "orders",
    "customer_orders",
    "events",
    "complaints",
    "consents",
    "customer_scores",
  ]) {
    await sql`vacuum analyze ${sql.ref(table)}`.execute(db);
  }
  say(`vacuumed, ${((performance.now() - start) / 1000).toFixed(0)} s`);
}
