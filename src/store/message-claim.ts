import { sql } from "kysely";
import type { SendKind } from "../campaign/program.ts";
import type { Trace } from "../watch/trace.ts";
import { type Database, transaction } from "./database.ts";
import type { MessageData } from "./message.ts";

/** A message that this process alone may work on until its lease ends. */
export interface ClaimedMessage {
  id: string;
  channel: string;
  enrolment: number;
  customer: number;
  contact: number;
  run: string;
  /** document hash of the run's program */
  program: string;
  step: string;
  occurrence: number;
  /** document hash */
  template: string;
  kind: SendKind;
  locale: string;
  data: MessageData;
  attempts: number;
  validUntil: Date | null;
  /** the enrolment's time zone */
  zone: string;
  trace?: Trace | null;
}

export interface Claim {
  channel: string;
  /** clock time */
  at: Date;
  limit: number;
  /** unique to the process */
  by: string;
  leaseMs: number;
}

/** Takes what is due, oldest first; several processes never take the same row. A paused run's messages stay. */
export async function claimMessages(db: Database, claim: Claim): Promise<ClaimedMessage[]> {
  const { rows } = await sql<ClaimedMessage>`
    with due as (
      select m.id
      from messages m join runs r on r.id = m.run
      where m.status = 'pending' and m.channel = ${claim.channel} and m.not_before <= ${claim.at}
        and (m.retry_at is null or m.retry_at <= clock_timestamp()) and r.status <> 'paused'
      order by m.not_before
      limit ${claim.limit}
      for update of m skip locked
    )
    update messages m
    set status = 'claimed', claimed_by = ${claim.by}, claimed_until = ${leaseEnd(claim.leaseMs)}
    from due, enrolments e, runs r
    where m.id = due.id and e.id = m.enrolment and r.id = m.run
    returning m.id, m.channel, m.enrolment, m.customer, m.contact, m.run, r.program, m.step, m.occurrence, m.template, m.kind,
      m.locale, m.data, m.attempts, m.valid_until as "validUntil", e.zone, m.trace`.execute(db);
  return rows;
}

/** Gives back what this process has not handed to any channel; `waitMs` (wall time) keeps them from being due at once. */
export async function releaseMessages(db: Database, ids: string[], by: string, waitMs = 0): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update messages set status = 'pending', claimed_by = null, claimed_until = null, committed_at = null,
      committed_seq = null, retry_at = ${waitMs > 0 ? leaseEnd(waitMs) : sql`retry_at`}
    where id = any(${ids}::text[]) and claimed_by = ${by} and status in ('claimed', 'sending')`.execute(db);
}

/** Gives back all that a process has claimed and not committed to sending; it must have none in hand. */
export async function releaseClaims(db: Database, by: string): Promise<void> {
  await sql`
    update messages set status = 'pending', claimed_by = null, claimed_until = null
    where claimed_by = ${by} and status = 'claimed'`.execute(db);
}

/**
 * What processes that are gone have left behind: claimed goes back, sending becomes unknown, since nobody can say
 * whether it left. @returns how many of each
 */
export async function recoverLeases(db: Database): Promise<{ pending: number; unknown: number }> {
  const { rows } = await sql<{ status: string }>`
    update messages
    set status = case status when 'claimed' then 'pending' else 'unknown' end,
      reason = case status when 'claimed' then reason else 'process-lost' end,
      claimed_until = null
    where id in (
      select id from messages where status in ('claimed', 'sending') and claimed_until < clock_timestamp()
      order by id for update skip locked
    )
    returning status`.execute(db);
  const unknown = rows.filter(({ status }) => status === "unknown").length;
  return { unknown, pending: rows.length - unknown };
}

/** Tokens of a channel's bucket, at most `wanted`; all processes share it. It holds two seconds' worth. */
export async function takeTokens(db: Database, channel: string, perSecond: number, wanted: number): Promise<number> {
  const burst = Math.max(1, perSecond * 2);
  await sql`
    insert into rate_buckets (channel, tokens, at) values (${channel}, ${burst}, clock_timestamp())
    on conflict do nothing`.execute(db);
  return transaction(db, async (tx) => {
    const { rows } = await sql<{ tokens: number }>`
      select least(${burst}::float8, tokens + extract(epoch from clock_timestamp() - at) * ${perSecond}::float8) as tokens
      from rate_buckets where channel = ${channel} for update`.execute(tx);
    const tokens = rows[0]!.tokens;
    const granted = Math.min(wanted, Math.floor(tokens));
    await sql`
      update rate_buckets set tokens = ${tokens - granted}, at = clock_timestamp() where channel = ${channel}`.execute(
      tx,
    );
    return granted;
  });
}

/** Gives back tokens for which there was no message. */
export async function returnTokens(db: Database, channel: string, count: number): Promise<void> {
  if (count <= 0) return;
  await sql`update rate_buckets set tokens = tokens + ${count} where channel = ${channel}`.execute(db);
}

function leaseEnd(ms: number) {
  return sql`clock_timestamp() + ${ms}::float8 * interval '1 millisecond'`;
}
