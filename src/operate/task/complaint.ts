import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { absent, nearest, refuse } from "../../fault.ts";
import { now } from "../../store/clock.ts";
import { openComplaints, solveComplaints } from "../../store/complaint.ts";
import { claimCustomers, lockCustomers } from "../../store/customer.ts";
import { type Database, transaction } from "../../store/database.ts";
import { type Asker, ownComplaints, ownCustomers, seesOnlyOwn } from "../access/own.ts";
import { asked, cut, moment, type Page, type Paged } from "../page.ts";

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

export interface ComplaintFilter {
  /** customer_id */
  customer?: string;
  status: "open" | "solved" | "all";
}

/** Where a complaint stands in the list. */
export interface ComplaintPlace {
  opened: string;
  id: string;
}

/** Open complaints (`all`: solved ones too), the longest waiting first; at most a thousand. */
export async function listComplaints(
  db: Database,
  { all = false, ...filter }: { customer?: string; all?: boolean } = {},
): Promise<ComplaintView[]> {
  const open = await pageOfComplaints(db, { ...filter, status: "open" }, { limit: MOST });
  if (!all) return open.items;
  const solved = await pageOfComplaints(db, { ...filter, status: "solved" }, { limit: MOST - open.items.length });
  return [...open.items, ...solved.items];
}

/** A part of them in the order in which they were opened, of those that the asker may see. */
export async function pageOfComplaints(
  db: Database,
  filter: ComplaintFilter,
  page: Page<ComplaintPlace>,
  asker?: Asker,
): Promise<Paged<ComplaintView, ComplaintPlace>> {
  const { opened = "-infinity", id = "" } = page.after ?? {};
  const { rows } = await sql<ComplaintView & { place: ComplaintPlace }>`
    select k.id, c.customer_id as "customerId", k.severity, k.status, k.source, k.note, k.opened_at as opened,
      k.solved_at as solved, json_build_object('opened', ${moment("k.opened_at")}, 'id', k.id) as place
    from complaints k join customers c on c.id = k.customer
    where (${filter.status} = 'all' or k.status = ${filter.status})
      and (${filter.customer ?? null}::text is null or c.customer_id = ${filter.customer ?? null})
      and ${ownComplaints(asker, "k")} and (k.opened_at, k.id) > (${opened}::timestamptz, ${id})
    order by k.opened_at, k.id limit ${asked(page)}`.execute(db);
  return cut(rows, page);
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
 * @throws InputError when the severity is not one of SEVERITIES, or the asker, who sees only their own, does not know the customer
 */
export async function openComplaint(db: Database, report: ComplaintReport, asker?: Asker): Promise<string> {
  const severity = SEVERITIES.find((known) => known === report.severity);
  if (!severity) {
    const message = {
      en: `there is no severity "${report.severity}"`,
      "zh-CN": `没有 "${report.severity}" 这个严重程度`,
    };
    throw refuse("severity", message, nearest(report.severity, SEVERITIES));
  }
  if (seesOnlyOwn(asker)) await refuseStranger(db, report.customerId, asker);
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

/** Anybody may call the service desk, so that service takes complaints of every customer that there is. */
async function refuseStranger(db: Database, customerId: string, asker: NonNullable<Asker>): Promise<void> {
  const theirs = asker.role === "service" ? sql`true` : ownCustomers(asker, "c");
  const { rows } = await sql`select 1 from customers c where c.customer_id = ${customerId} and ${theirs}`.execute(db);
  if (rows.length === 0) throw absent(customerId, { en: "there is no such customer", "zh-CN": "没有这个客户" });
}

/**
 * The complaint is mended: promotions may go out again (wake "deliver" and "dispatch" afterwards), and the task that asked for it is
 * done.
 * @returns whether it was open until now
 * @throws InputError that names the nearest open complaint when there is no such one
 */
export async function solveComplaint(
  db: Database,
  id: string,
  by: string | null = null,
  asker?: Asker,
): Promise<boolean> {
  const { rows } = await sql<{ customer: number }>`
    select k.customer from complaints k where k.id = ${id} and ${ownComplaints(asker, "k")}`.execute(db);
  const customer = rows[0]?.customer;
  if (customer === undefined) {
    const known = await pageOfComplaints(db, { status: "open" }, { limit: MOST }, asker);
    const open = known.items.map((complaint) => complaint.id);
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
