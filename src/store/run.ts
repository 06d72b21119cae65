import { sql } from "kysely";
import { nearest, refuse } from "../fault.ts";
import type { Database, Tx } from "./database.ts";

export const RUN_STATUSES = ["starting", "running", "paused", "measuring", "closed", "stopped"] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export interface Run {
  id: string;
  campaign: string;
  /** document hash */
  program: string;
  status: RunStatus;
  launchedAt: Date;
  /** local day of the launch in the campaign's zone */
  launchDay: number;
  closedAt: Date | null;
  /** since when nobody enters */
  drainingAt: Date | null;
  /** its campaign's trigger brings members one by one */
  standing: boolean;
}

/** @throws InputError that names the nearest run when there is no such one */
export async function loadRun(db: Database | Tx, id: string, lock?: "for update"): Promise<Run> {
  const { rows } = await sql<Run>`
    select id, campaign, program, status, launched_at as "launchedAt", launch_day as "launchDay", closed_at as "closedAt",
           draining_at as "drainingAt", standing
    from runs where id = ${id} ${lock ? sql`for update` : sql``}`.execute(db);
  if (!rows[0]) throw await noRun(db, id);
  return rows[0];
}

async function noRun(db: Database | Tx, id: string) {
  const { rows } = await sql<{ id: string }>`select id from runs order by launched_at desc limit 1000`.execute(db);
  const known = rows.map((row) => row.id);
  return refuse(id, { en: "no such run", "zh-CN": "没有这个运行" }, nearest(id, known));
}

/** Moves the run when it is in one of `from`; else leaves it. @returns whether it moved */
export async function setRunStatus(db: Database | Tx, id: string, from: RunStatus[], to: RunStatus): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update runs set status = ${to} where id = ${id} and status = any (${from}::text[])`.execute(db);
  return numAffectedRows === 1n;
}

/** When the last window of measurement closes: conversion windows, and 30 days after each challenge for repurchases. */
export async function measuringUntil(tx: Tx, id: string): Promise<Date> {
  const { rows } = await sql<{ until: Date }>`
    select greatest(
      (select launched_at from runs where id = ${id}),
      (select max(w.until) from waits w join enrolments e on e.id = w.enrolment where e.run = ${id} and w.kind = 'goal'),
      (select max(c.closed_at) + interval '30 days' from challenges c join enrolments e on e.id = c.enrolment where e.run = ${id})
    ) as until`.execute(tx);
  return rows[0]!.until;
}

/** Ends measuring: what is still open in the run is shut, set-wise. */
export async function closeRun(tx: Tx, id: string, at: Date): Promise<void> {
  await sql`
    update waits w set status = 'expired' from enrolments e
    where e.id = w.enrolment and e.run = ${id} and w.status = 'open'`.execute(tx);
  await sql`update enrolments set status = 'measured' where run = ${id}`.execute(tx);
  await sql`update runs set status = 'closed', closed_at = ${at} where id = ${id}`.execute(tx);
}
