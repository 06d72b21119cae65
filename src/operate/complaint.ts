import { randomUUID } from "node:crypto";
import { nearest, refuse } from "../fault.ts";
import { now } from "../store/clock.ts";
import { openComplaints, solveComplaints } from "../store/complaint.ts";
import { sql } from "kysely";
import { ensureCustomers, lockCustomers } from "../store/customer.ts";
import { type Database, transaction } from "../store/database.ts";

export const SEVERITIES = ["low", "medium", "high"] as const;

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
    const customer = (await ensureCustomers(tx, [report.customerId], at)).get(report.customerId)!;
    await lockCustomers(tx, [customer]);
    await openComplaints(tx, [
      { id, customer, severity, source: "operator", enrolment: null, note: report.note ?? null, opened_at: at },
    ]);
  });
  return id;
}

/**
 * The complaint is mended: promotions may go out again, and the task that asked for it is done.
 * @returns whether it was open until now
 * @throws InputError when there is no such complaint
 */
export async function solveComplaint(db: Database, id: string, by: string | null = null): Promise<boolean> {
  return transaction(db, async (tx) => {
    const { rows } = await sql<{ customer: number }>`select customer from complaints where id = ${id}`.execute(tx);
    const customer = rows[0]?.customer;
    if (customer === undefined) throw refuse(id, { en: "there is no such complaint", "zh-CN": "没有这个投诉" });
    await lockCustomers(tx, [customer]);
    const at = await now(tx);
    const solved = await solveComplaints(tx, [{ customer, id, at }]);
    await sql`
      update tasks set status = 'done', done_at = ${at}, done_by = ${by}
      where id = ${id} and kind = 'complaint' and status = 'open'`.execute(tx);
    return solved.length > 0;
  });
}
