import { sql } from "kysely";
import type { Database } from "../store/database.ts";

export interface Check {
  name: string;
  ok: boolean;
  detail: string;
}

/** What a finished run must show, counted straight from the tables and from the inbox. */
export async function checkRun(db: Database, run: string, figures: ReportFigures, inbox: string[]): Promise<Check[]> {
  const counted = await count(db, run);
  return [
    ...compare(figures, counted),
    is(
      "holdout members got nothing",
      counted.holdoutEffects === 0,
      `${counted.holdout} members, ${counted.holdoutEffects} effects`,
    ),
    await inboxOnce(db, run, inbox),
    is(
      "coupon codes are unique",
      counted.coupons === counted.couponCodes,
      `${counted.coupons} coupons, ${counted.couponCodes} codes`,
    ),
    is(
      "no promotion was committed after its customer's order was reacted to",
      counted.latePromotions === 0,
      `${counted.latePromotions} late`,
    ),
    is("every message has an end", counted.openMessages === 0, `${counted.openMessages} open`),
  ];
}

/** The figures of the report that are counted again here. */
export interface ReportFigures {
  enrolled: number;
  holdout: number;
  participants: number;
  converted: number;
  accepted: number;
  checkIns: number;
  answered: number;
}

function compare(figures: ReportFigures, counted: Counted): Check[] {
  return (Object.keys(figures) as (keyof ReportFigures)[]).map((key) =>
    is(`report = SQL: ${key}`, figures[key] === counted[key], `${figures[key]} = ${counted[key]}`),
  );
}

interface Counted extends ReportFigures {
  holdoutEffects: number;
  coupons: number;
  couponCodes: number;
  latePromotions: number;
  openMessages: number;
}

async function count(db: Database, run: string): Promise<Counted> {
  const { rows } = await sql<Counted>`
    with treated as (select * from enrolments where run = ${run} and arm = 'treatment'),
         held as (select * from enrolments where run = ${run} and arm = 'holdout')
    select
      (select count(*) from treated)::int as enrolled,
      (select count(*) from held)::int as holdout,
      (select count(*) from treated t where exists (select 1 from check_ins c where c.enrolment = t.id))::int as participants,
      (select count(*) from conversions v join treated t on t.id = v.enrolment)::int as converted,
      (select count(*) from messages m join treated t on t.id = m.enrolment where m.status = 'accepted')::int as accepted,
      (select count(*) from check_ins c join treated t on t.id = c.enrolment)::int as "checkIns",
      (select count(distinct s.enrolment) from survey_answers s join treated t on t.id = s.enrolment)::int as answered,
      (select count(*) from held h where
         exists (select 1 from messages x where x.enrolment = h.id) or exists (select 1 from coupons x where x.enrolment = h.id)
         or exists (select 1 from gifts x where x.enrolment = h.id) or exists (select 1 from points x where x.enrolment = h.id)
         or exists (select 1 from tasks x where x.enrolment = h.id) or exists (select 1 from ledger x where x.enrolment = h.id)
      )::int as "holdoutEffects",
      (select count(*) from coupons c join treated t on t.id = c.enrolment)::int as coupons,
      (select count(distinct upper(c.code)) from coupons c join treated t on t.id = c.enrolment)::int as "couponCodes",
      (select count(*) from messages m join conversions v on v.enrolment = m.enrolment
       where m.run = ${run} and m.kind = 'promotion' and m.committed_seq > v.reacted_seq)::int as "latePromotions",
      (select count(*) from messages where run = ${run} and status in ('pending', 'claimed', 'sending'))::int as "openMessages"`.execute(
    db,
  );
  return rows[0]!;
}

/** @param inbox Message-IDs of all mail that arrived, without angle brackets */
async function inboxOnce(db: Database, run: string, inbox: string[]): Promise<Check> {
  const { rows } = await sql<{ id: string; status: string }>`
    select id, status from messages where run = ${run} and status in ('accepted', 'unknown')`.execute(db);
  const arrived = new Map<string, number>();
  for (const messageId of inbox) {
    const id = messageId.split("@")[0]!;
    arrived.set(id, (arrived.get(id) ?? 0) + 1);
  }
  const accepted = rows.filter((row) => row.status === "accepted");
  const missing = accepted.filter((row) => !arrived.has(row.id)).length;
  const twice = rows.filter((row) => (arrived.get(row.id) ?? 0) > 1).length;
  const detail = `${accepted.length} accepted, ${missing} missing, ${twice} twice, ${rows.length - accepted.length} unknown`;
  return is("each accepted message is in the inbox exactly once", missing === 0 && twice === 0, detail);
}

function is(name: string, ok: boolean, detail: string): Check {
  return { name, ok, detail };
}
