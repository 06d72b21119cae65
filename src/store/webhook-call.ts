import { sql } from "kysely";
import type { Value } from "../rule/ast.ts";
import type { Database, Tx } from "./database.ts";

export interface NewCall {
  id: string;
  enrolment: number;
  customer: number;
  run: string;
  /** op name */
  step: string;
  occurrence: number;
  hook: string;
  body: Record<string, Value>;
  epoch: number;
  validUntil: Date;
}

/** Stores calls to be made; afterwards wake the lane "webhook". `at` is clock time. */
export async function insertCalls(tx: Tx, calls: NewCall[], at: Date): Promise<void> {
  if (calls.length === 0) return;
  const rows = calls.map((call) => ({ ...call, valid_until: call.validUntil }));
  await sql`
    insert into webhook_calls (id, enrolment, customer, run, step, occurrence, hook, body, epoch, valid_until, created_at)
    select id, enrolment, customer, run, step, occurrence, hook, body, epoch, valid_until, ${at}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as c (id text, enrolment bigint, customer bigint, run text,
      step text, occurrence int, hook text, body jsonb, epoch int, valid_until timestamptz)
    on conflict (enrolment, step, occurrence) do nothing`.execute(tx);
}

/** A call that this process alone may make until its lease ends. */
export interface ClaimedCall extends Omit<NewCall, "validUntil"> {
  validUntil: Date;
  /** as the outside names the customer */
  customerId: string;
  campaign: string;
  /** document hash */
  program: string;
  /** this one included */
  attempts: number;
  createdAt: Date;
  runStatus: string;
  endedReason: string | null;
  enrolmentEpoch: number;
}

/** Takes what is due, oldest first, also from processes that are gone. A paused run's calls stay. */
export async function claimCalls(db: Database, by: string, limit: number, leaseMs: number): Promise<ClaimedCall[]> {
  const { rows } = await sql<ClaimedCall>`
    with due as (
      select w.id from webhook_calls w join runs r on r.id = w.run
      where w.status in ('pending', 'claimed') and r.status <> 'paused'
        and coalesce(case w.status when 'claimed' then w.claimed_until else w.retry_at end, '-infinity') <= clock_timestamp()
      order by w.created_at
      limit ${limit}
      for update of w skip locked
    )
    update webhook_calls w
    set status = 'claimed', claimed_by = ${by}, attempts = w.attempts + 1,
      claimed_until = clock_timestamp() + ${leaseMs}::float8 * interval '1 millisecond'
    from due, enrolments e, runs r, customers c
    where w.id = due.id and e.id = w.enrolment and r.id = w.run and c.id = w.customer
    returning w.id, w.enrolment, w.customer, w.run, w.step, w.occurrence, w.hook, w.body, w.epoch,
      w.valid_until as "validUntil", c.customer_id as "customerId", r.campaign, r.program, w.attempts,
      w.created_at as "createdAt", r.status as "runStatus", e.ended_reason as "endedReason", e.epoch as "enrolmentEpoch"`.execute(
    db,
  );
  return rows;
}

export interface CallResult {
  id: string;
  status: "accepted" | "failed" | "withheld" | "pending";
  reason: string | null;
  httpStatus: number | null;
  /** with pending: wall time until the next try */
  retryMs: number | null;
}

/** Stores what came of a call. @returns whether it was still this process's to settle */
export async function storeCall(tx: Tx, by: string, result: CallResult, at: Date): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update webhook_calls
    set status = ${result.status}, reason = ${result.reason}, http_status = coalesce(${result.httpStatus}, http_status),
      retry_at = clock_timestamp() + ${result.retryMs}::float8 * interval '1 millisecond', claimed_until = null,
      done_at = case when ${result.status} <> 'pending' then ${at}::timestamptz end
    where id = ${result.id} and status = 'claimed' and claimed_by = ${by}`.execute(tx);
  return numAffectedRows === 1n;
}

/** Calls whose journeys wait for them no longer. One that is on its way stays. */
export async function withdrawCalls(tx: Tx, enrolments: number[], step: string, occurrence: number): Promise<void> {
  await sql`
    update webhook_calls set status = 'withheld', reason = 'expired'
    where enrolment = any(${enrolments}::bigint[]) and step = ${step} and occurrence = ${occurrence}
      and status = 'pending'`.execute(tx);
}
