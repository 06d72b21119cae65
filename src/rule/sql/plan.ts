import { type RawBuilder, sql } from "kysely";
import type { Variable } from "../ast.ts";
import { type Asking, dayText, moment, possibleDays } from "./asking.ts";
import { complaintsSource } from "./complaints.ts";
import { enrolmentsSource, type EnrolmentsAsked } from "./enrolments.ts";
import { eventsSource, type EventsAsked } from "./events.ts";
import type { Reading } from "./expression.ts";
import { type ItemsAsked, itemsSource } from "./items.ts";
import { messagesSource, type MessagesAsked } from "./messages.ts";
import { ordersSource, type OrdersAsked } from "./orders.ts";
import { scoresSource } from "./scores.ts";
import { finish, type Restrict } from "./source.ts";
import { traitSql } from "./traits.ts";

/** How to read variables of the customers in the table of one alias: what to join, and each variable's expression. */
export interface Plan extends Reading {
  joins: RawBuilder<unknown>;
}

/**
 * The one source of SQL for every variable: segments over a base, facts of a batch and values to sort by all read it.
 * Each table is passed over once, whatever the number of variables.
 * @param alias of customers in the query
 */
export function planOf(variables: Variable[], asking: Asking, alias: string, restrict?: Restrict): Plan {
  const sources = variables.map((variable) => variable.source);
  const ordersAsked: OrdersAsked[] = sources.filter((source) => source.from === "orders");
  const eventsAsked: EventsAsked[] = sources.filter((source) => source.from === "events");
  const itemsAsked: ItemsAsked[] = sources.filter((source) => source.from === "items");
  const enrolmentsAsked: EnrolmentsAsked[] = sources.filter((source) => source.from === "enrolments");
  const messagesAsked: MessagesAsked[] = sources.filter((source) => source.from === "messages");
  const channels = [...new Set(sources.flatMap((source) => (source.from === "consent" ? [source.channel] : [])))];

  const orders = ordersAsked.length > 0 ? ordersSource(ordersAsked, asking, alias) : undefined;
  const events = eventsAsked.length > 0 ? eventsSource(eventsAsked, asking, alias, restrict) : undefined;
  const items = itemsAsked.length > 0 ? itemsSource(itemsAsked, asking, alias, restrict) : undefined;
  const enrolments =
    enrolmentsAsked.length > 0 ? enrolmentsSource(enrolmentsAsked, asking, alias, restrict) : undefined;
  const messages = messagesAsked.length > 0 ? messagesSource(messagesAsked, asking, alias, restrict) : undefined;
  const complaints = sources.some((source) => source.from === "complaints")
    ? complaintsSource(asking, alias, restrict)
    : undefined;
  const scores = sources.some((source) => source.from === "score") ? scoresSource(alias) : undefined;
  const consents = channels.map((channel, i) => consentJoin(channel, `consent_${i}`, alias));

  return {
    joins: sql.join(
      [
        ...consents,
        scores?.join ?? sql``,
        complaints?.join ?? sql``,
        enrolments?.join ?? sql``,
        orders?.join ?? sql``,
        items?.join ?? sql``,
        events?.join ?? sql``,
        messages?.join ?? sql``,
      ],
      sql` `,
    ),
    today: possibleDays(asking),
    column({ name, type, source }) {
      switch (source.from) {
        case "customer":
          return sql`${sql.ref(`${alias}.${source.column}`)} collate "C"`;
        case "trait":
          return traitSql(sql`(${sql.ref(`${alias}.traits`)} -> ${source.trait}::text)`, type, source.exponent);
        case "consent":
          return sql.ref(`consent_${channels.indexOf(source.channel)}.granted`);
        case "orders":
          return finish(orders!.column(source), { aggregate: source.aggregate, type }, alias, asking);
        case "events":
          return finish(events!.column(source), { aggregate: source.aggregate, type }, alias, asking);
        case "complaints":
          return complaints!.column;
        case "enrolments":
          return enrolments!.column(source);
        case "messages":
          return finish(messages!.column(source), { aggregate: source.aggregate, type }, alias, asking);
        case "score":
          return scores!.column(source.column, type);
        case "items":
          return finish(items!.column(source), { aggregate: source.aggregate, type }, alias, asking);
        case "today":
          return dayText(moment(asking.asOf), alias, asking);
        case "bucket":
          return bucket(source, alias);
        case "item":
        case "field":
        case "scope":
          throw new Error(`${name} is not known of a base of customers`);
      }
    },
  };
}

/** Variables that stand in the customers' own row need no join. */
export function needsNoJoin({ source }: Variable): boolean {
  return ["customer", "trait", "today", "bucket"].includes(source.from);
}

/** Read with the customer: one row each, by its key. */
export function isCheap(variable: Variable): boolean {
  return needsNoJoin(variable) || ["consent", "score"].includes(variable.source.from);
}

/** Worked out by going through a table whole, unless it is said for whom. */
export function isGrouped({ source }: Variable): boolean {
  return ["events", "items", "complaints", "enrolments", "messages"].includes(source.from);
}

/** A hash that every version of Postgres computes alike; by the id of the outside, so that it outlives a new import. */
function bucket({ salt, of }: { salt: string; of: number }, alias: string): RawBuilder<unknown> {
  const hash = sql`md5(${`${salt}/`}::text || ${sql.ref(`${alias}.customer_id`)})`;
  return sql`((('x' || substr(${hash}, 1, 15))::bit(60)::bigint) % ${sql.lit(of)})::float8`;
}

function consentJoin(channel: string, name: string, alias: string): RawBuilder<unknown> {
  const table = sql.ref(name);
  return sql`
    left join consents as ${table} on ${table}.customer = ${sql.ref(`${alias}.id`)}
      and ${table}.channel = ${channel}::text and ${table}.topic = 'promotion'`;
}
