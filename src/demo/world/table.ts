import { sql } from "kysely";
import type { Database } from "../../store/database.ts";

/** Where a run stands at the end of a day. */
export interface Day {
  day: number;
  enrolled: number;
  accepted: number;
  checkIns: number;
  gifts: number;
  coupons: number;
  calls: number;
  orders: number;
  participants: number;
}

export async function measureDay(db: Database, run: string, day: number): Promise<Day> {
  const { rows } = await sql<Omit<Day, "day">>`
    with members as (select id, customer from enrolments where run = ${run} and arm = 'treatment')
    select
      (select count(*) from members)::int as enrolled,
      (select count(*) from messages where run = ${run} and status = 'accepted')::int as accepted,
      (select count(*) from check_ins c join members m on m.id = c.enrolment)::int as "checkIns",
      (select count(*) from gifts g join members m on m.id = g.enrolment where g.status in ('granted', 'delivered'))::int as gifts,
      (select count(*) from coupons c join members m on m.id = c.enrolment where c.status in ('issued', 'redeemed'))::int as coupons,
      (select count(*) from tasks where run = ${run} and kind = 'call' and status = 'done')::int as calls,
      (select count(*) from orders o join members m on m.customer = o.customer
       where o.paid_at >= (select launched_at from runs where id = ${run}))::int as orders,
      (select count(distinct c.enrolment) from check_ins c join members m on m.id = c.enrolment)::int as participants`.execute(
    db,
  );
  return { day, ...rows[0]! };
}

const COLUMNS: [title: string, value: (day: Day) => string][] = [
  ["day", (d) => String(d.day)],
  ["enrolled", (d) => String(d.enrolled)],
  ["mails", (d) => String(d.accepted)],
  ["check-ins", (d) => String(d.checkIns)],
  ["gifts", (d) => String(d.gifts)],
  ["coupons", (d) => String(d.coupons)],
  ["calls", (d) => String(d.calls)],
  ["orders", (d) => String(d.orders)],
  ["participation", (d) => (d.enrolled > 0 ? `${((100 * d.participants) / d.enrolled).toFixed(1)} %` : "–")],
];

export function tableHead(): string {
  return COLUMNS.map(([title]) => title.padStart(width(title))).join("  ");
}

export function tableRow(day: Day): string {
  return COLUMNS.map(([title, value]) => value(day).padStart(width(title))).join("  ");
}

function width(title: string): number {
  return Math.max(title.length, 8);
}
