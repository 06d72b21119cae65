import { sql } from "kysely";
import type { Tx } from "./database.ts";

/** A member of a cohort whose row, and whose customer's row, this transaction holds. */
export interface LockedEnrolment {
  id: number;
  customer: number;
  member: number;
  /** within the run */
  number: number;
  status: "live" | "ended" | "measured";
  epoch: number;
  zone: string;
  enteredAt: Date;
}

/** The customers behind members of a cohort, to be locked before the enrolments. */
export async function customersOf(tx: Tx, run: string, cohort: number, members: number[]): Promise<number[]> {
  const { rows } = await sql<{ customer: number }>`
    select distinct customer from enrolments
    where run = ${run} and cohort = ${cohort} and member = any(${members}::int[])`.execute(tx);
  return rows.map((row) => row.customer);
}

/** Locks members' enrolments, in the order of their ids. Their customers must be locked already. */
export async function lockMembers(tx: Tx, run: string, cohort: number, members: number[]): Promise<LockedEnrolment[]> {
  const { rows } = await sql<LockedEnrolment>`
    select id, customer, member, number, status, epoch, zone, entered_at as "enteredAt"
    from enrolments
    where run = ${run} and cohort = ${cohort} and member = any(${members}::int[])
    order by id
    for no key update`.execute(tx);
  return rows;
}

/** Positions only move forward: a thread that lags behind does not take the member back. */
export async function raisePositions(tx: Tx, enrolments: number[], root: number): Promise<void> {
  await sql`
    update enrolments set position = ${root}
    where id = any(${enrolments}::bigint[]) and position < ${root}`.execute(tx);
}

/**
 * Ends live enrolments (locked by the caller) and shuts what they had open: waits, calls, challenges. The goal's wait
 * stays, since conversions are measured until their window closes; so do tasks that mend a complaint. Those who wait for
 * the places are let in by whoever looks at their lines next (store/line-look.ts).
 * @returns the ids that were live
 */
export async function endEnrolments(tx: Tx, enrolments: number[], reason: string, at: Date): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    with ended as (
      update enrolments set status = 'ended', ended_reason = ${reason}, ended_at = ${at}
      where id = any(${enrolments}::bigint[]) and status = 'live'
      returning id, run
    ), waking as (
      insert into line_wakes (run)
      select id from runs where id in (select run from ended) and (lined or exclusive_group is not null)
    )
    select id from ended`.execute(tx);
  const ended = rows.map((row) => row.id);
  await shutOpen(tx, ended, reason, at);
  return ended;
}

/** Drops open waits (not the goal's), closes open calls and challenges of enrolments whose threads are dropped. */
export async function shutOpen(tx: Tx, enrolments: number[], reason: string, at: Date): Promise<void> {
  if (enrolments.length === 0) return;
  await sql`
    update waits set status = 'dropped'
    where enrolment = any(${enrolments}::bigint[]) and status = 'open' and kind <> 'goal'`.execute(tx);
  await sql`
    update tasks set status = 'closed', note = coalesce(note, ${reason}), done_at = ${at}
    where enrolment = any(${enrolments}::bigint[]) and status = 'open' and kind = 'call'`.execute(tx);
  await sql`
    update challenges set status = 'closed', closed_at = ${at}, closed_reason = ${reason}
    where enrolment = any(${enrolments}::bigint[]) and status = 'open'`.execute(tx);
}
