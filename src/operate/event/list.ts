import { type RawBuilder, sql } from "kysely";
import type { Database } from "../../store/database.ts";
import { EVENT_VIEW, type EventView } from "../../store/event.ts";
import { customerNamed } from "../../store/segment.ts";
import { type Asker, ownCustomers, seesOnlyOwn } from "../access/own.ts";
import { asked, cut, type Page, type Paged } from "../page.ts";
import { type ShownEvent, shownEvent } from "./view.ts";

/** Which events are meant; what is left out does not matter. */
export interface EventFilter {
  type?: string | undefined;
  /** customer_id, also one that was merged into another */
  customer?: string | undefined;
  source?: string | undefined;
  /** received at or after, and before */
  from?: Date | undefined;
  to?: Date | undefined;
  /** not reacted to yet */
  unreacted?: boolean | undefined;
  /** whose data could not be worked with */
  failed?: boolean | undefined;
}

/** Events that the asker may see, those that came last first. The place is the event's internal number. */
export async function pageOfEvents(
  db: Database,
  filter: EventFilter,
  page: Page<number>,
  asker?: Asker,
): Promise<Paged<ShownEvent, number>> {
  const conditions = [
    ...conditionsOf(filter),
    ...(page.after === undefined ? [] : [sql`e.id < ${page.after}`]),
    ...(seesOnlyOwn(asker)
      ? [sql`e.customer in (select c.id from customers c where ${ownCustomers(asker, "c")})`]
      : []),
  ];
  const { rows } = await sql<EventView & { place: number }>`
    select ${EVENT_VIEW}, e.id as place from events e where ${all(conditions)}
    order by e.id desc limit ${asked(page)}`.execute(db);
  const { items, next } = cut(rows, page);
  return { items: items.map(shownEvent), next };
}

/** On the table events, known as e. */
export function conditionsOf(filter: EventFilter): RawBuilder<unknown>[] {
  const { type, customer, source, from, to, unreacted = false, failed = false } = filter;
  return [
    ...(type === undefined ? [] : [sql`e.type = ${type}`]),
    ...(source === undefined ? [] : [sql`e.source = ${source}`]),
    ...(from === undefined ? [] : [sql`e.received_at >= ${from}`]),
    ...(to === undefined ? [] : [sql`e.received_at < ${to}`]),
    ...(unreacted && !failed ? [sql`e.reacted_at is null`] : []),
    ...(failed && !unreacted ? [sql`e.reaction ? 'error'`] : []),
    ...(failed && unreacted ? [sql`(e.reacted_at is null or e.reaction ? 'error')`] : []),
    ...(customer === undefined ? [] : [ofCustomer(customer)]),
  ];
}

export function all(conditions: RawBuilder<unknown>[]): RawBuilder<unknown> {
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

/** An event that has done nothing yet, or could not, is only of the name that it came with. */
function ofCustomer(customerId: string): RawBuilder<unknown> {
  // of one statement: between two, an event that is just being reacted to would be neither
  return sql`e.id in (
    select id from events where customer in (${customerNamed(customerId)})
    union all select id from events where customer_id = ${customerId} and reacted_at is null
    union all select id from events where customer_id = ${customerId} and reaction ? 'error')`;
}
