import { sql } from "kysely";
import { listSchedules } from "./schedule/campaign-schedule.ts";
import { now } from "../store/clock.ts";
import { type ContactCounts, countContacts } from "../store/contact.ts";
import { type DataSource, loadDataSources } from "../store/data-source.ts";
import type { Database } from "../store/database.ts";
import { loadMissed, type MissedDays } from "../store/join/dates.ts";
import { loadMaintenance, type Maintenance } from "../store/maintenance.ts";

/** How much there is, how old it is, and whom it does not allow to reach. */
export interface DataStatus extends ContactCounts {
  now: Date;
  customers: number;
  orders: number;
  orderItems: number;
  events: number;
  /** events received and not yet reacted to */
  unreacted: number;
  openComplaints: number;
  suppressed: number;
  /** customers without a consent on any channel */
  withoutConsent: number;
  /** customers who have agreed, by channel */
  consents: { channel: string; customers: number }[];
  lastOrderAt: Date | null;
  /** when the latest event occurred that has been reacted to */
  lastEventAt: Date | null;
  /** when everybody was last scored; null: never */
  scoredAt: Date | null;
  /** customers who were merged into others */
  merged: number;
  sources: (DataSource & { ageDays: number })[];
  /** scheduled campaigns with launches for which nobody was there, and it is too late */
  missedLaunches: { campaign: string; times: number; latest: Date }[];
  /** days that campaigns with a date trigger were not looked for, and for which it is too late */
  missedDays: MissedDays[];
  /** what the worker does by itself; empty before a worker has ever run */
  maintenance: Maintenance[];
}

export async function dataStatus(db: Database): Promise<DataStatus> {
  const at = await now(db);
  const counts = await sql<
    Omit<
      DataStatus,
      "now" | "sources" | "consents" | "maintenance" | "missedLaunches" | "missedDays" | keyof ContactCounts
    >
  >`
    select
      (select count(*) from customers) as customers,
      (select count(*) from orders) as orders,
      (select count(*) from order_items) as "orderItems",
      (select count(*) from events) as events,
      (select count(*) from events where reacted_at is null) as unreacted,
      (select count(*) from complaints where status = 'open') as "openComplaints",
      (select count(*) from suppressions) as suppressed,
      (select max(paid_at) from orders) as "lastOrderAt",
      (select max(occurred_at) from events where reacted_at is not null) as "lastEventAt",
      (select max(at) from score_runs) as "scoredAt",
      (select count(*) from customer_merges) as merged,
      (select count(*) from customers c
        where not exists (select from consents k where k.customer = c.id and k.granted)) as "withoutConsent"`.execute(
    db,
  );
  const consents = await sql<{ channel: string; customers: number }>`
    select channel, count(distinct customer) as customers from consents where granted group by channel order by channel`.execute(
    db,
  );
  const sources = await loadDataSources(db);
  return {
    now: at,
    ...counts.rows[0]!,
    consents: consents.rows,
    missedLaunches: (await listSchedules(db)).flatMap(({ campaign, missed }) => {
      const latest = missed.at(-1);
      return latest ? [{ campaign, times: missed.length, latest }] : [];
    }),
    missedDays: await loadMissed(db),
    maintenance: await loadMaintenance(db),
    ...(await countContacts(db)),
    sources: sources.map((source) => ({
      ...source,
      ageDays: (at.getTime() - source.updatedAt.getTime()) / 86_400_000,
    })),
  };
}
