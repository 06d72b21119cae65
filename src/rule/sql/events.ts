import { type RawBuilder, sql } from "kysely";
import type { Aggregate, Window } from "../ast.ts";
import { type Asking, ago, moment, zoneOf } from "./asking.ts";
import { Columns, type Restrict, storedAggregate } from "./source.ts";
import { isZoned, reach, spanOf } from "./span.ts";

export interface EventsAsked extends Window {
  event: string;
  aggregate: Aggregate;
}

/** All event aggregates of a rule from one pass over the events of the types it names. */
export function eventsSource(asked: EventsAsked[], asking: Asking, alias: string, restrict?: Restrict) {
  const outer = reach(asked);
  const types = [...new Set(asked.map((one) => one.event))];
  const zoned = asked.some((one) => one.aggregate === "days" || isZoned(one));
  const columns = new Columns("e");
  const columnOf = ({ event, aggregate, days, period }: EventsAsked) => {
    const stored = storedAggregate(aggregate);
    return columns.name(`${stored}/${days}/${period}/${event}`, () => {
      const span = spanOf({ days, period } as Window, asking, "z");
      const within = sql`${span.after(sql`e.occurred_at`)} and ${span.until(sql`e.occurred_at`)}`;
      return sql`${storedColumn(stored, asking)} filter (where e.type = ${event}::text and ${within})`;
    });
  };
  for (const one of asked) columnOf(one);
  const join = sql`
    left join (
      select e.customer, ${columns.list()}
      from events e ${zoned ? sql`join customers z on z.id = e.customer` : sql``}
      where e.type = any(${types}::text[]) and e.occurred_at <= ${moment(asking.asOf)}
        ${outer === undefined ? sql`` : sql`and e.occurred_at > ${ago(asking, outer)}`}
        ${restrict ? sql`and ${restrict(sql`e.customer`)}` : sql``}
      group by e.customer
    ) as by_events on by_events.customer = ${sql.ref(`${alias}.id`)}`;
  return { join, column: (one: EventsAsked) => sql.ref(`by_events.${columnOf(one)}`) };
}

function storedColumn(stored: string, asking: Asking): RawBuilder<unknown> {
  switch (stored) {
    case "first":
      return sql`min(e.occurred_at)`;
    case "last":
      return sql`max(e.occurred_at)`;
    case "days":
      return sql`count(distinct (e.occurred_at at time zone ${zoneOf("z", asking)})::date)`;
    default:
      return sql`count(*)`;
  }
}
