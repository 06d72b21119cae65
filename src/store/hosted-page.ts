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

export interface PageLink {
  customer: number;
  message: string;
  enrolment: number | null;
}

/** In the order of the links; undefined where there is no such customer any more. */
export async function loadVisits(db: Database, links: PageLink[]): Promise<(PageVisit | undefined)[]> {
  const { rows } = await sql<PageVisit & { nr: number }>`
    select l.nr::int, c.customer_id as "customerId", coalesce(m.locale, c.locale) as locale, m.channel, m.topic, r.program,
      e.zone, s.granted
    from unnest(${links.map((link) => link.customer)}::bigint[], ${links.map((link) => link.message)}::text[],
      ${links.map((link) => link.enrolment)}::bigint[]) with ordinality as l (customer, message, enrolment, nr)
    -- a customer who was merged into another: links in old mail lead to that one
    join customers c on c.id = coalesce((select kept from customer_merges where dropped = l.customer), l.customer)
    -- looked up by its key, not among all that the customer ever got
    left join lateral (select * from messages where id = l.message offset 0) m on m.customer = c.id
    left join enrolments e on e.id = l.enrolment and e.customer = c.id
    left join runs r on r.id = e.run
    left join consents s on s.customer = c.id and s.channel = m.channel and s.topic = m.topic`.execute(db);
  const found = new Map(rows.map(({ nr, ...visit }) => [nr, visit]));
  return links.map((_, i) => found.get(i + 1));
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

export interface ChallengeKey {
  enrolment: number;
  step: string;
}

/** In the order of the keys; undefined where there is no such challenge. */
export async function loadChallengeViews(db: Database, keys: ChallengeKey[]): Promise<(ChallengeView | undefined)[]> {
  const { rows } = await sql<ChallengeView & { nr: number }>`
    select k.nr::int, c.event_type, c.first_day, c.days, c.status = 'open' or c.closed_reason = 'completed' as takes,
      array(select day from check_ins i where i.enrolment = c.enrolment and i.step = c.step) as checked
    from unnest(${keys.map((key) => key.enrolment)}::bigint[], ${keys.map((key) => key.step)}::text[])
      with ordinality as k (enrolment, step, nr)
    join challenges c on c.enrolment = k.enrolment and c.step = k.step`.execute(db);
  const found = new Map(rows.map(({ nr, ...view }) => [nr, view]));
  return keys.map((_, i) => found.get(i + 1));
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
