import { type RawBuilder, sql } from "kysely";
import type { Aggregate, Window } from "../ast.ts";
import { type Asking, ago, moment, zoneOf } from "./asking.ts";
import { Columns, type Restrict, storedAggregate } from "./source.ts";
import { isZoned, reach, spanOf } from "./span.ts";

export interface MessagesAsked extends Window {
  aggregate: Aggregate;
}

/** What was sent to customers, whatever the campaign and the channel; not what they themselves had asked for. */
export function messagesSource(asked: MessagesAsked[], asking: Asking, alias: string, restrict?: Restrict) {
  const outer = reach(asked);
  const zoned = asked.some((one) => one.aggregate === "days" || isZoned(one));
  const time = sql`m.accepted_at`;
  const columns = new Columns("m");
  const columnOf = ({ aggregate, days, period }: MessagesAsked) => {
    const stored = storedAggregate(aggregate);
    return columns.name(JSON.stringify([stored, days, period]), () => {
      const span = spanOf({ days, period } as Window, asking, "z");
      return sql`${storedColumn(stored, asking)} filter (where ${span.after(time)} and ${span.until(time)})`;
    });
  };
  for (const one of asked) columnOf(one);
  const join = sql`
    left join (
      select m.customer, ${columns.list()}
      from messages m ${zoned ? sql`join customers z on z.id = m.customer` : sql``}
      where m.kind <> 'transactional' and m.accepted_at <= ${moment(asking.asOf)}
        ${outer === undefined ? sql`` : sql`and m.accepted_at > ${ago(asking, outer)}`}
        ${restrict ? sql`and ${restrict(sql`m.customer`)}` : sql``}
      group by m.customer
    ) as by_messages on by_messages.customer = ${sql.ref(`${alias}.id`)}`;
  return { join, column: (one: MessagesAsked) => sql.ref(`by_messages.${columnOf(one)}`) };
}

function storedColumn(stored: string, asking: Asking): RawBuilder<unknown> {
  switch (stored) {
    case "first":
      return sql`min(m.accepted_at)`;
    case "last":
      return sql`max(m.accepted_at)`;
    case "days":
      return sql`count(distinct (m.accepted_at at time zone ${zoneOf("z", asking)})::date)`;
    default:
      return sql`count(*)`;
  }
}
