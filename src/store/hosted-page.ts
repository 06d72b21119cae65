import { sql } from "kysely";
import type { Day } from "../campaign/program.ts";
import type { Database } from "./database.ts";

/** What a page needs to know of the person behind a link; no name, no address. */
export interface PageVisit {
  /** customer_id */
  customerId: string;
  /** of the message, else of the customer */
  locale: string | null;
  /** of the message; null when it is gone */
  channel: string | null;
  topic: string | null;
  /** document hash; null when the link names no enrolment of this customer */
  program: string | null;
  zone: string | null;
  /** the customer's word on this channel and topic; null: none */
  granted: boolean | null;
}

/** @returns undefined when there is no such customer any more */
export async function loadVisit(
  db: Database,
  link: { customer: number; message: string; enrolment: number | null },
): Promise<PageVisit | undefined> {
  const { rows } = await sql<PageVisit>`
    select c.customer_id as "customerId", coalesce(m.locale, c.locale) as locale, m.channel, m.topic, r.program, e.zone, s.granted
    from customers c
    left join messages m on m.id = ${link.message} and m.customer = c.id
    left join enrolments e on e.id = ${link.enrolment} and e.customer = c.id
    left join runs r on r.id = e.run
    left join consents s on s.customer = c.id and s.channel = m.channel and s.topic = m.topic
    where c.id = ${link.customer}`.execute(db);
  return rows[0];
}

export interface ChallengeView {
  event_type: string;
  first_day: Day;
  days: number;
  /** it has not been cut short */
  takes: boolean;
  /** local days with a check-in */
  checked: Day[];
}

export async function loadChallengeView(
  db: Database,
  enrolment: number,
  step: string,
): Promise<ChallengeView | undefined> {
  const { rows } = await sql<ChallengeView>`
    select c.event_type, c.first_day, c.days, c.status = 'open' or c.closed_reason = 'completed' as takes,
      array(select day from check_ins i where i.enrolment = c.enrolment and i.step = c.step) as checked
    from challenges c where c.enrolment = ${enrolment} and c.step = ${step}`.execute(db);
  return rows[0];
}

/** The first open, click or unsubscription of a message is kept. */
export async function recordClick(
  db: Database,
  message: string,
  kind: "open" | "click" | "unsubscribe",
  at: Date,
): Promise<void> {
  await sql`
    insert into message_clicks (message, kind, at) select id, ${kind}, ${at} from messages where id = ${message}
    on conflict do nothing`.execute(db);
}
