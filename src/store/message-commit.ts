import { sql } from "kysely";
import type { SendKind } from "../campaign/program.ts";
import { giveBack, messageKey } from "./budget.ts";
import { releaseCoupons } from "./coupon.ts";
import type { Tx } from "./database.ts";
import { type Address, suppress } from "./suppression.ts";

/** What decides at the last moment whether a claimed message leaves. */
export interface CommitFacts {
  id: string;
  enrolment: number;
  step: string;
  occurrence: number;
  channel: string;
  kind: SendKind;
  epoch: number;
  validUntil: Date | null;
  zone: string;
  enrolmentEpoch: number;
  enrolmentStatus: "live" | "ended" | "measured";
  endedReason: string | null;
  runStatus: string;
  /** document hash */
  program: string;
  suppressed: boolean;
  /** what the customer said on the message's topic and on promotion in general; null: nothing */
  topicConsent: boolean | null;
  promotionConsent: boolean | null;
  openComplaint: boolean;
}

/** Locks the enrolments, then those of the messages that this process still holds. Customers are locked by the caller. */
export async function lockForCommit(
  tx: Tx,
  messages: { id: string; enrolment: number; addressHash: string }[],
  by: string,
): Promise<CommitFacts[]> {
  await sql`
    select 1 from enrolments where id = any(${messages.map(({ enrolment }) => enrolment)}::bigint[])
    order by id for no key update`.execute(tx);
  // a statement of its own, so that it reads what was committed before the locks were granted
  const { rows } = await sql<CommitFacts>`
    select m.id, m.enrolment, m.step, m.occurrence, m.channel, m.kind, m.epoch, m.valid_until as "validUntil",
      e.zone, e.epoch as "enrolmentEpoch", e.status as "enrolmentStatus", e.ended_reason as "endedReason",
      r.status as "runStatus", r.program,
      exists (select 1 from suppressions s where s.channel = m.channel and s.address_hash = a.hash) as suppressed,
      t.granted as "topicConsent", p.granted as "promotionConsent",
      exists (select 1 from complaints c where c.customer = m.customer and c.status = 'open') as "openComplaint"
    from unnest(${messages.map(({ id }) => id)}::text[], ${messages.map(({ addressHash }) => addressHash)}::text[])
        as a (id, hash)
      join messages m on m.id = a.id
      join enrolments e on e.id = m.enrolment
      join runs r on r.id = m.run
      left join consents t on t.customer = m.customer and t.channel = m.channel and t.topic = m.topic
      left join consents p on p.customer = m.customer and p.channel = m.channel and p.topic = 'promotion'
    where m.status = 'claimed' and m.claimed_by = ${by}
    order by m.id
    for update of m`.execute(tx);
  return rows;
}

export interface Verdict {
  id: string;
  status: "sending" | "pending" | "withheld";
  reason: string | null;
  /** with pending: when to look again, clock time; null: as before */
  notBefore: Date | null;
}

/** Stores verdicts; those for sending get their place in the order against reactions. `at` is clock time. */
export async function storeVerdicts(tx: Tx, verdicts: Verdict[], at: Date, leaseMs: number): Promise<void> {
  if (verdicts.length === 0) return;
  const rows = verdicts.map(({ notBefore, ...verdict }) => ({ ...verdict, not_before: notBefore }));
  await sql`
    update messages m
    set status = v.status, reason = v.reason, not_before = coalesce(v.not_before, m.not_before),
      attempts = m.attempts + case v.status when 'sending' then 1 else 0 end,
      committed_at = case v.status when 'sending' then ${at}::timestamptz end,
      committed_seq = case v.status when 'sending' then nextval('commit_order') end,
      claimed_until = case v.status when 'sending' then clock_timestamp() + ${leaseMs}::float8 * interval '1 millisecond' end,
      claimed_by = case v.status when 'sending' then m.claimed_by end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v (id text, status text, reason text, not_before timestamptz)
    where m.id = v.id`.execute(tx);
}

export interface MessageResult {
  id: string;
  status: "accepted" | "rejected" | "unknown" | "pending";
  response: string;
  /** with pending: wall time until the next try */
  retryMs: number | null;
  /** with rejected: there is nobody at this address */
  bounced?: Address;
}

/**
 * Stores what channels said. Safe to repeat: rows that are no longer ours to settle stay as they are. A row that
 * became unknown because its lease ran out meanwhile is settled by the late answer. `at` is clock time.
 */
export async function storeResults(tx: Tx, results: MessageResult[], by: string, at: Date): Promise<void> {
  if (results.length === 0) return;
  const list = results.map(({ retryMs, bounced: _, ...result }) => ({ ...result, retry_ms: retryMs }));
  const { rows } = await sql<Settled>`
    update messages m
    set status = r.status, response = r.response,
      reason = case r.status when 'accepted' then null when 'unknown' then 'connection-lost' else m.reason end,
      committed_at = case when r.status <> 'pending' then m.committed_at end,
      committed_seq = case when r.status <> 'pending' then m.committed_seq end,
      accepted_at = case r.status when 'accepted' then ${at}::timestamptz end,
      retry_at = case r.status when 'pending' then clock_timestamp() + r.retry_ms * interval '1 millisecond' end,
      claimed_until = null
    from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as r (id text, status text, response text, retry_ms float8)
    where m.id = r.id and m.claimed_by = ${by} and m.status in ('sending', 'unknown')
    returning m.enrolment, m.step, m.occurrence, m.status`.execute(tx);
  await settleMeans(tx, rows, at);
  const bounced = results.flatMap((result) => result.bounced ?? []);
  await suppress(tx, bounced, "bounced", at);
}

export interface Settled {
  enrolment: number;
  step: string;
  occurrence: number;
  status: string;
}

/**
 * A coupon is the customer's once its message was accepted, and goes back to the pool when it never will be; so does
 * what the message would have cost.
 */
export async function settleMeans(tx: Tx, messages: Settled[], at: Date): Promise<void> {
  const accepted = messages.filter(({ status }) => status === "accepted");
  if (accepted.length > 0) {
    await sql`
      update coupons c set status = 'issued', issued_at = ${at}
      from jsonb_to_recordset(${JSON.stringify(accepted)}::jsonb) as m (enrolment bigint, step text, occurrence int)
      where c.enrolment = m.enrolment and c.step = m.step and c.occurrence = m.occurrence and c.status = 'reserved'`.execute(
      tx,
    );
  }
  const never = messages.filter(({ status }) => status === "rejected" || status === "withheld");
  await releaseCoupons(tx, never, at);
  await giveBack(
    tx,
    never.map((message) => ({ enrolment: message.enrolment, key: messageKey(message) })),
    at,
  );
}
