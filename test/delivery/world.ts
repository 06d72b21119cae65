import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { sql } from "kysely";
import { inject } from "vitest";
import { type Config, readConfig } from "../../src/config.ts";
import type { Policy, SendKind } from "../../src/campaign/program.ts";
import { setClock } from "../../src/store/clock.ts";
import { type Database, transaction } from "../../src/store/database.ts";
import { saveDocument } from "../../src/store/document.ts";
import { insertMessages, type MessageData } from "../../src/store/message.ts";

/** Wednesday, 1 April 2026, 10:00 in Shanghai; from then on the clock runs as it does outside. */
export const START = new Date("2026-04-01T02:00:00Z");

export interface World {
  run: string;
  customers: number[];
  enrolments: number[];
  /** queues one message per customer */
  queue(more?: QueueOptions): Promise<void>;
  /** how many messages there are by status and reason: "accepted", "withheld superseded" */
  counts(): Promise<Record<string, number>>;
}

export interface QueueOptions {
  template?: string;
  step?: string;
  kind?: SendKind;
  locale?: string;
  data?: Partial<MessageData>;
  validUntil?: Date | null;
  coupon?: boolean;
}

export function configFor(schema: string, more: Partial<Config>): Config {
  return {
    ...readConfig({ DATABASE_URL: inject("databaseUrl"), REDIS_URL: inject("redisUrl"), REKINDLE_SCHEMA: schema }),
    publicUrl: "https://go.example",
    ...more,
  };
}

/** A run whose customers can all be reached by e-mail. */
export async function world(
  db: Database,
  size: number,
  policy: Policy = { caps: [], problemFirst: true },
): Promise<World> {
  await setClock(db, START, 1);
  const run = `spring-${randomBytes(4).toString("hex")}`;
  const program = await saveDocument(db, "program", { policy, campaign: run, steps: {} }, START);
  await sql`
    insert into runs (id, campaign, program, status, launched_at, launch_day)
    values (${run}, 'spring', ${program}, 'running', ${START}, 20544)`.execute(db);
  const { rows: people } = await sql<{ id: number }>`
    insert into customers (customer_id, created_at)
    select ${run} || '-' || n, ${START} from generate_series(1, ${size}::int) n returning id`.execute(db);
  const customers = people.map(({ id }) => id);
  await sql`
    insert into contacts (customer, kind, value, created_at)
    select c, k.kind, case k.kind when 'email' then 'c' || c || '@example.com' else '客户' || c end, ${START}
    from unnest(${customers}::bigint[]) c, (values ('email'), ('name')) k (kind)`.execute(db);
  await sql`
    insert into consents (customer, channel, granted, source, at)
    select c, 'email', true, 'test', ${START} from unnest(${customers}::bigint[]) c`.execute(db);
  const { rows: members } = await sql<{ id: number }>`
    insert into enrolments (run, campaign, customer, key, number, arm, cohort, member, zone, entered_at)
    select ${run}, 'spring', c, '', n - 1, 'treatment', 0, n - 1, 'Asia/Shanghai', ${START}
    from unnest(${customers}::bigint[]) with ordinality as u (c, n) order by n returning id`.execute(db);
  const enrolments = members.map(({ id }) => id);
  return {
    run,
    customers,
    enrolments,
    queue: (more) => queue(db, run, customers, enrolments, more),
    async counts() {
      const { rows } = await sql<{ what: string; count: number }>`
        select concat_ws(' ', status, case when status in ('withheld', 'pending', 'unknown') then reason end) as what, count(*) as count
        from messages where run = ${run} group by 1`.execute(db);
      return Object.fromEntries(rows.map(({ what, count }) => [what, count]));
    },
  };
}

async function queue(db: Database, run: string, customers: number[], enrolments: number[], more: QueueOptions = {}) {
  const { template = "day", step = "days/day", kind = "promotion", locale = "zh-CN", validUntil = null } = more;
  const hash = await templateDocument(db, template);
  const { rows: contacts } = await sql<{ id: number; customer: number }>`
    select id, customer from contacts where kind = 'email' and customer = any(${customers}::bigint[])`.execute(db);
  const contactOf = new Map(contacts.map(({ id, customer }) => [customer, id]));
  const data = {
    campaign: { en: "Spring", "zh-CN": "春季" },
    challenge: { step: "days", day: 3, days: 30 },
    ...more.data,
  };
  await transaction(db, async (tx) => {
    const rows = customers.map((customer, i) => ({
      enrolment: enrolments[i]!,
      customer,
      run,
      step,
      occurrence: 1,
      channel: "email",
      contact: contactOf.get(customer)!,
      template: hash,
      kind,
      topic: kind === "promotion" ? "promotion" : "service",
      locale,
      data,
      epoch: 0,
      notBefore: START,
      validUntil,
    }));
    await insertMessages(tx, rows, START);
    if (!more.coupon) return;
    await sql`insert into coupon_pools (id, reserved, capacity) values ('p', ${customers.length}, 1000)`.execute(tx);
    await sql`
      insert into coupons (code, pool, enrolment, step, occurrence, customer, reserved_at, expires_at)
      select 'WB-' || id, 'p', id, ${step}, 1, customer, ${START}, ${START}::timestamptz + interval '7 days'
      from enrolments where run = ${run}`.execute(tx);
  });
}

export async function templateDocument(db: Database, name: string): Promise<string> {
  const source = (locale: string) =>
    readFileSync(new URL(`../../rules/templates/${name}.${locale}.mjml`, import.meta.url), "utf8");
  return saveDocument(
    db,
    "template",
    { name, locales: { en: { mjml: source("en") }, "zh-CN": { mjml: source("zh-CN") } } },
    START,
  );
}

/** Waits until `holds`, looking every 20 ms. @throws after `ms` */
export async function until(holds: () => Promise<boolean> | boolean, ms = 90_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`did not come true within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
