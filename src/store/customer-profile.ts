import { sql } from "kysely";
import type { Database, Tx } from "./database.ts";

/** What is kept of one customer, besides contacts and scores; of long lists the latest. */
export interface Profile {
  id: number;
  customerId: string;
  /** what they were called before they were merged into this one */
  formerly: string[];
  locale: string | null;
  timezone: string | null;
  owner: string | null;
  created: Date;
  traits: Record<string, unknown>;
}

/** Also by a former name. */
export async function loadProfile(db: Database | Tx, customer: number): Promise<Profile> {
  const { rows } = await sql<Profile>`
    select c.id, c.customer_id as "customerId", c.locale, c.timezone, c.owner, c.created_at as created, c.traits,
      array(select m.customer_id from customer_merges m where m.kept = c.id order by m.customer_id) as formerly
    from customers c where c.id = ${customer}`.execute(db);
  return rows[0]!;
}

export interface GivenConsent {
  channel: string;
  topic: string;
  granted: boolean;
  source: string;
  at: Date;
}

export async function loadGivenConsents(db: Database | Tx, customer: number): Promise<GivenConsent[]> {
  const { rows } = await sql<GivenConsent>`
    select channel, topic, granted, source, at from consents where customer = ${customer} order by channel, topic`.execute(
    db,
  );
  return rows;
}

export interface EnrolmentView {
  run: string;
  campaign: string;
  /** of its trigger, where a customer may be enrolled more than once */
  key: string;
  arm: "treatment" | "holdout";
  status: "live" | "ended" | "measured";
  endedReason: string | null;
  entered: Date;
  ended: Date | null;
  /** index of the root step that its latest op belongs to */
  position: number;
  /** document hash */
  program: string;
  /** what it waits for from outside */
  waits: { step: string; kind: string; until: string | null }[];
}

export async function loadEnrolmentViews(db: Database | Tx, customer: number, limit: number): Promise<EnrolmentView[]> {
  const { rows } = await sql<EnrolmentView>`
    select e.run, e.campaign, e.key, e.arm, e.status, e.ended_reason as "endedReason", e.entered_at as entered,
      e.ended_at as ended, e.position, r.program,
      coalesce((select json_agg(json_build_object('step', w.step, 'kind', w.kind, 'until', w.until) order by w.until, w.step)
        from waits w where w.enrolment = e.id and w.status = 'open'), '[]') as waits
    from enrolments e join runs r on r.id = e.run
    where e.customer = ${customer} order by e.entered_at desc, e.id desc limit ${limit}`.execute(db);
  return rows;
}

/** Minor units. */
export interface OrdersView {
  count: number;
  spent: number;
  first: Date | null;
  last: Date | null;
  latest: {
    orderId: string;
    paidAt: Date;
    amount: number;
    refunded: number;
    currency: string;
    status: string;
  }[];
}

export async function loadOrdersView(db: Database | Tx, customer: number, limit: number): Promise<OrdersView> {
  const { rows: sums } = await sql<Omit<OrdersView, "latest">>`
    select coalesce(max(orders), 0)::bigint as count, coalesce(max(spent), 0)::bigint as spent,
      max(first_at) as first, max(last_at) as last
    from customer_orders where customer = ${customer}`.execute(db);
  const { rows: latest } = await sql<OrdersView["latest"][number]>`
    select order_id as "orderId", paid_at as "paidAt", amount, refunded, currency, status
    from orders where customer = ${customer} order by paid_at desc, order_id limit ${limit}`.execute(db);
  return { ...sums[0]!, latest };
}

/** An event without what it carries: `event show` has it. */
export interface EventGlance {
  source: string;
  id: string;
  type: string;
  occurred: Date;
}

/** The latest of those that have been reacted to. */
export async function loadEventGlances(db: Database | Tx, customer: number, limit: number): Promise<EventGlance[]> {
  const { rows } = await sql<EventGlance>`
    select source, event_id as id, type, occurred_at as occurred
    from events where customer = ${customer} order by occurred_at desc, id desc limit ${limit}`.execute(db);
  return rows;
}

export interface Rewards {
  points: number;
  gifts: { gift: string; run: string; status: string; granted: Date }[];
  coupons: { pool: string; run: string; status: string; expires: Date }[];
}

export async function loadRewards(db: Database | Tx, customer: number, limit: number): Promise<Rewards> {
  // by enrolment: that is what their keys begin with
  const own = sql`select id, run from enrolments where customer = ${customer}`;
  const { rows: sums } = await sql<{ points: number }>`
    select coalesce(sum(p.points), 0)::bigint as points from (${own}) e join points p on p.enrolment = e.id`.execute(
    db,
  );
  const { rows: gifts } = await sql<Rewards["gifts"][number]>`
    select g.gift, e.run, g.status, g.granted_at as granted
    from (${own}) e join gifts g on g.enrolment = e.id order by g.granted_at desc, g.id desc limit ${limit}`.execute(
    db,
  );
  const { rows: coupons } = await sql<Rewards["coupons"][number]>`
    select k.pool, e.run, k.status, k.expires_at as expires
    from (${own}) e join coupons k on k.enrolment = e.id order by k.reserved_at desc, k.code limit ${limit}`.execute(
    db,
  );
  return { points: sums[0]!.points, gifts, coupons };
}
