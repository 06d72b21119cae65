import { sql } from "kysely";
import type { Database, Tx } from "./database.ts";
import type { NoticeType } from "./notice-trigger.ts";
import { SECRETS } from "./subscription.ts";

/** A subscription that this process alone may tell things until its lease ends. */
export interface ClaimedSubscription {
  id: string;
  url: string;
  batch: number;
  /** sealed; the new one first */
  secrets: string[];
  failures: number;
  refusals: number;
  /** of an unbroken row of failures; wall time */
  failingMs: number | null;
}

/** Those to whom something is due and whom nobody else holds, or somebody who is gone. */
export async function claimSubscriptions(
  db: Database,
  by: string,
  limit: number,
  leaseMs: number,
): Promise<ClaimedSubscription[]> {
  const { rows } = await sql<ClaimedSubscription>`
    with free as (
      select id from subscriptions f
      where status = 'active' and coalesce(claimed_until, '-infinity') <= clock_timestamp()
        and coalesce(held_until, '-infinity') <= clock_timestamp()
        and exists (select from notices n where n.subscription = f.id and n.status = 'pending'
          and coalesce(n.retry_at, '-infinity') <= clock_timestamp())
      order by held_until nulls first, id limit ${limit}
      for no key update skip locked
    )
    update subscriptions s
    set claimed_by = ${by}, claimed_until = clock_timestamp() + ${leaseMs}::float8 * interval '1 millisecond'
    from free where s.id = free.id
    returning s.id, s.url, s.batch, ${SECRETS} as secrets, s.failures, s.refusals,
      extract(epoch from clock_timestamp() - s.failing_since)::float8 * 1000 as "failingMs"`.execute(db);
  return rows;
}

export async function releaseSubscription(db: Database, by: string, id: string): Promise<void> {
  await sql`
    update subscriptions set claimed_by = null, claimed_until = null where id = ${id} and claimed_by = ${by}`.execute(
    db,
  );
}

export interface Notice {
  nr: number;
  id: string;
  type: NoticeType;
  /** customer_id */
  subject: string | null;
  at: Date;
  data: Record<string, unknown>;
  attempts: number;
  /** since it was first tried; wall time */
  triedMs: number | null;
}

/** What is due next, in the order in which it happened; none when the subscription is no longer this process's. */
export async function takeNotices(
  db: Database,
  by: string,
  subscription: string,
  limit: number,
  leaseMs: number,
): Promise<Notice[]> {
  const { rows } = await sql<Notice>`
    with held as (
      update subscriptions set claimed_until = clock_timestamp() + ${leaseMs}::float8 * interval '1 millisecond'
      where id = ${subscription} and claimed_by = ${by} and status = 'active' returning id
    )
    select n.nr, n.id, n.type, n.subject, n.at, n.data, n.attempts,
      extract(epoch from clock_timestamp() - n.first_tried_at)::float8 * 1000 as "triedMs"
    from held join notices n on n.subscription = held.id
    where n.status = 'pending' and coalesce(n.retry_at, '-infinity') <= clock_timestamp()
    order by n.nr limit ${limit}`.execute(db);
  return rows;
}

export interface NoticeResult {
  nr: number;
  status: "told" | "dead" | "pending";
  reason: string | null;
  httpStatus: number | null;
  /** with pending: set aside for so long (wall time), so that those behind it go ahead */
  retryMs: number | null;
}

/** How the subscription stands after these results. */
export interface Standing {
  failures: number;
  refusals: number;
  /** the latest failure; null: the latest try went well */
  trouble: string | null;
  /** nothing is tried for so long (wall time) */
  heldMs: number | null;
  /** it is paused, and this is why */
  pause: string | null;
}

/** Stores what came of tries. @returns whether the subscription was still this process's; else nothing is stored */
export async function storeNotices(
  tx: Tx,
  by: string,
  subscription: string,
  results: NoticeResult[],
  { failures, refusals, trouble, heldMs, pause }: Standing,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update subscriptions
    set failures = ${failures}, refusals = ${refusals}, trouble = coalesce(${trouble}, trouble),
      failing_since = case when ${trouble}::text is not null then coalesce(failing_since, clock_timestamp()) end,
      held_until = clock_timestamp() + ${heldMs}::float8 * interval '1 millisecond',
      status = case when ${pause}::text is null then status else 'paused' end, reason = coalesce(${pause}, reason),
      told = told + ${results.filter(({ status }) => status === "told").length}::int,
      told_at = case when ${results.some(({ status }) => status === "told")} then clock_timestamp() else told_at end
    where id = ${subscription} and claimed_by = ${by}`.execute(tx);
  if (numAffectedRows !== 1n) return false;
  const rows = results.map(({ httpStatus, retryMs, ...row }) => ({
    ...row,
    http_status: httpStatus,
    retry_ms: retryMs,
  }));
  await sql`
    update notices n
    set status = r.status, reason = r.reason, http_status = r.http_status, attempts = n.attempts + 1,
      first_tried_at = coalesce(n.first_tried_at, clock_timestamp()),
      retry_at = clock_timestamp() + r.retry_ms * interval '1 millisecond',
      settled_at = case when r.status <> 'pending' then clock_timestamp() end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r (nr bigint, status text, reason text, http_status int, retry_ms float8)
    where n.nr = r.nr`.execute(tx);
  return true;
}

/** An event that its subscriber has not taken and is not offered again by itself. */
export interface DeadNotice {
  nr: number;
  /** the event's */
  id: string;
  type: NoticeType;
  customerId: string | null;
  at: Date;
  data: Record<string, unknown>;
  attempts: number;
  reason: string | null;
  httpStatus: number | null;
  diedAt: Date;
}

/** Oldest first, those after `after`. */
export async function listDead(db: Database, subscription: string, limit: number, after = 0): Promise<DeadNotice[]> {
  const { rows } = await sql<DeadNotice>`
    select nr, id, type, subject as "customerId", at, data, attempts, reason, http_status as "httpStatus",
      settled_at as "diedAt"
    from notices where subscription = ${subscription} and status = 'dead' and nr > ${after} order by nr limit ${limit}`.execute(
    db,
  );
  return rows;
}

/** Offers dead ones again, for as long as new ones: all, or those of these event ids. @returns how many */
export async function retryDead(db: Database, subscription: string, ids?: string[]): Promise<number> {
  const chosen = ids ? sql`and id::text = any(${ids}::text[])` : sql``;
  const { numAffectedRows } = await sql`
    update notices set status = 'pending', attempts = 0, first_tried_at = null, retry_at = null, settled_at = null
    where subscription = ${subscription} and status = 'dead' ${chosen}`.execute(db);
  return Number(numAffectedRows ?? 0n);
}

const KEPT = { told: "7 days", dead: "90 days" };

/** Forgets what was told long ago, and what nobody wanted for very long; at most ten thousand at a time. */
export async function forgetNotices(db: Database): Promise<void> {
  await sql`
    delete from notices where nr in (
      select nr from notices
      where settled_at < clock_timestamp() - ${KEPT.told}::interval
        and (status = 'told' or settled_at < clock_timestamp() - ${KEPT.dead}::interval)
      order by settled_at limit 10000)`.execute(db);
}
