import { sql } from "kysely";
import type { Database, Tx } from "./database.ts";
import type { NoticeType } from "./notice-trigger.ts";

/** Who is told what, without the secrets. */
export interface SubscriptionView {
  id: string;
  url: string;
  types: NoticeType[];
  /** most events in one request */
  batch: number;
  status: "active" | "paused";
  /** why it is paused: "by hand", "unreachable", "refused", "gone", "secret-unreadable" */
  reason: string | null;
  createdAt: Date;
  createdBy: string;
  /** events that the other side has taken */
  told: number;
  toldAt: Date | null;
  pending: number;
  /** when the oldest that is pending happened (clock time) */
  oldest: Date | null;
  dead: number;
  /** null: the latest try went well */
  failingSince: Date | null;
  /** what the latest failure was: "http-503", "timeout" */
  trouble: string | null;
}

export interface NewSubscription {
  id: string;
  url: string;
  types: NoticeType[];
  batch: number;
  /** sealed */
  secret: string;
  by: string;
}

/** @returns false when there is one of that name */
export async function insertSubscription(tx: Tx, row: NewSubscription, at: Date): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into subscriptions (id, url, types, batch, secret, created_at, created_by)
    values (${row.id}, ${row.url}, ${row.types}, ${row.batch}, ${row.secret}, ${at}, ${row.by})
    on conflict (id) do nothing`.execute(tx);
  return numAffectedRows === 1n;
}

/** All, or the one of that name, by name. */
export async function listSubscriptions(db: Database | Tx, id?: string): Promise<SubscriptionView[]> {
  const { rows } = await sql<SubscriptionView>`
    select s.id, s.url, s.types, s.batch, s.status, s.reason, s.created_at as "createdAt", s.created_by as "createdBy", s.told,
      s.told_at as "toldAt", p.pending, p.oldest, d.dead, s.failing_since as "failingSince",
      case when s.failing_since is not null or s.status = 'paused' then s.trouble end as trouble
    from subscriptions s
      cross join lateral (select count(*) as pending, min(at) as oldest from notices n
        where n.subscription = s.id and n.status = 'pending') p
      cross join lateral (select count(*) as dead from notices n where n.subscription = s.id and n.status = 'dead') d
    where ${id ?? null}::text is null or s.id = ${id ?? null}
    order by s.id`.execute(db);
  return rows;
}

/** Whether one is failing, or was paused because of it. */
export async function isSomeoneUnheard(db: Database): Promise<boolean> {
  const { rows } = await sql`
    select 1 from subscriptions
    where case status when 'paused' then reason <> 'by hand' else failing_since is not null end limit 1`.execute(db);
  return rows.length > 0;
}

/** How to reach one: its address and its secrets, sealed; the second while it is still good. */
export async function findTarget(
  db: Database,
  id: string,
): Promise<{ url: string; batch: number; secrets: string[] } | undefined> {
  const { rows } = await sql<{ url: string; batch: number; secrets: string[] }>`
    select url, batch, ${SECRETS} as secrets from subscriptions s where id = ${id}`.execute(db);
  return rows[0];
}

/** Of the row `s`. */
export const SECRETS = sql`
  case when s.old_until > clock_timestamp() then array[s.secret, s.old_secret] else array[s.secret] end`;

/** The old secret signs beside the new one for so long. @returns false when there is none of that name */
export async function replaceSecret(db: Database, id: string, sealed: string, graceMs: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update subscriptions set old_secret = secret, secret = ${sealed},
      old_until = clock_timestamp() + ${graceMs}::float8 * interval '1 millisecond'
    where id = ${id}`.execute(db);
  return numAffectedRows === 1n;
}

/** What happens meanwhile is kept for it. @returns false when there is none of that name */
export async function pauseSubscription(db: Database, id: string, reason: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update subscriptions set status = 'paused', reason = ${reason} where id = ${id}`.execute(db);
  return numAffectedRows === 1n;
}

/** It is tried at once, also if it was failing. @returns false when there is none of that name */
export async function resumeSubscription(db: Database, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    with due as (update notices set retry_at = null where subscription = ${id} and status = 'pending' and retry_at is not null)
    update subscriptions set status = 'active', reason = null, failures = 0, refusals = 0, failing_since = null,
      held_until = null
    where id = ${id}`.execute(db);
  return numAffectedRows === 1n;
}

/** With all that it was not yet told. @returns false when there is none of that name */
export async function deleteSubscription(tx: Tx, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`delete from subscriptions where id = ${id}`.execute(tx);
  return numAffectedRows === 1n;
}
