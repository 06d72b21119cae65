import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { absent, nearest, refuse } from "../fault.ts";
import { now } from "../store/clock.ts";
import { openComplaints, solveComplaints } from "../store/complaint.ts";
import { claimCustomers, lockCustomers } from "../store/customer.ts";
import { type Database, transaction } from "../store/database.ts";

export const SEVERITIES = ["low", "medium", "high"] as const;

export interface ComplaintView {
  id: string;
  /** as the outside names the customer */
  customerId: string;
  severity: (typeof SEVERITIES)[number];
  status: "open" | "solved";
  /** where it was heard: an event's source, "campaign" or "operator" */
  source: string;
  note: string | null;
  opened: Date;
  solved: Date | null;
}

const MOST = 1_000;

/** Open complaints (`all`: solved ones too), the longest waiting first; at most a thousand. */
export async function listComplaints(
  db: Database,
  filter: { customer?: string; all?: boolean } = {},
): Promise<ComplaintView[]> {
  const { rows } = await sql<ComplaintView>`
    select k.id, c.customer_id as "customerId", k.severity, k.status, k.source, k.note, k.opened_at as opened,
      k.solved_at as solved
    from complaints k join customers c on c.id = k.customer
    where (${filter.all ?? false} or k.status = 'open')
      and (${filter.customer ?? null}::text is null or c.customer_id = ${filter.customer ?? null})
    order by k.status, k.opened_at, k.id limit ${MOST}`.execute(db);
  return rows;
}

export interface ComplaintReport {
  /** as the outside names the customer */
  customerId: string;
  severity: string;
  note?: string;
}

/**
 * Records a complaint that was heard in person. From the commit on promotions to the customer are held.
 * @returns the complaint's id
 * @throws InputError when the severity is not one of SEVERITIES
 */
export async function openComplaint(db: Database, report: ComplaintReport): Promise<string> {
  const severity = SEVERITIES.find((known) => known === report.severity);
  if (!severity) {
    const message = {
      en: `there is no severity "${report.severity}"`,
      "zh-CN": `没有 "${report.severity}" 这个严重程度`,
    };
    throw refuse("severity", message, nearest(report.severity, SEVERITIES));
  }
  const id = randomUUID();
  await transaction(db, async (tx) => {
    const at = await now(tx);
    const customer = (await claimCustomers(tx, [report.customerId], at)).ids.get(report.customerId)!;
    await openComplaints(tx, [
      { id, customer, severity, source: "operator", enrolment: null, note: report.note ?? null, opened_at: at },
    ]);
  });
  return id;
}

/**
 * The complaint is mended: promotions may go out again (wake "deliver" and "dispatch" afterwards), and the task that asked for it is
 * done.
 * @returns whether it was open until now
 * @throws InputError that names the nearest open complaint when there is no such one
 */
export async function solveComplaint(db: Database, id: string, by: string | null = null): Promise<boolean> {
  const { rows } = await sql<{ customer: number }>`select customer from complaints where id = ${id}`.execute(db);
  const customer = rows[0]?.customer;
  if (customer === undefined) {
    const open = (await listComplaints(db)).map((complaint) => complaint.id);
    throw absent(id, { en: "there is no such complaint", "zh-CN": "没有这个投诉" }, nearest(id, open));
  }
  return transaction(db, async (tx) => {
    await lockCustomers(tx, [customer]);
    const at = await now(tx);
    const solved = await solveComplaints(tx, [{ customer, id, at }], at);
    await sql`
      update tasks set status = 'done', done_at = ${at}, done_by = ${by}
      where id = ${id} and kind = 'complaint' and status = 'open'`.execute(tx);
    return solved.length > 0;
  });
}
