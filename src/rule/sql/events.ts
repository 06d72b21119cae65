import { type RawBuilder, sql } from "kysely";
import type { Aggregate, Ast, EventField, Variable, Window } from "../ast.ts";
import { type Asking, ago, moment, zoneOf } from "./asking.ts";
import { condition, type Reading } from "./expression.ts";
import { Columns, type Restrict, storedAggregate } from "./source.ts";
import { isZoned, reach, spanOf } from "./span.ts";
import { exactNumber, traitSql } from "./traits.ts";

export interface EventsAsked extends Window {
  event: string;
  aggregate: Aggregate;
  of?: EventField;
  where?: Ast;
}

/** All event aggregates of a rule from one pass over the events of the types it names. */
export function eventsSource(asked: EventsAsked[], asking: Asking, alias: string, restrict?: Restrict) {
  const outer = reach(asked);
  const types = [...new Set(asked.map((one) => one.event))];
  const zoned = asked.some((one) => one.aggregate === "days" || isZoned(one));
  const columns = new Columns("e");
  const columnOf = ({ event, aggregate, of, where, days, period }: EventsAsked) => {
    const stored = storedAggregate(aggregate);
    return columns.name(JSON.stringify([stored, of, days, period, event, where]), () => {
      const span = spanOf({ days, period } as Window, asking, "z");
      const within = sql`${span.after(sql`e.occurred_at`)} and ${span.until(sql`e.occurred_at`)}`;
      return sql`${storedColumn(stored, of, asking)} filter (where e.type = ${event}::text and ${within}
        ${where ? sql`and ${condition(where, EVENT)}` : sql``})`;
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

/** Dates of a customer have no place in the filter of an event. */
const EVENT: Reading = { column: eventField, today: [] };

function eventField({ type, source }: Variable): RawBuilder<unknown> {
  if (source.from !== "field") throw new Error("only an event's own fields are known here");
  const json = sql`(e.data #> ${source.path}::text[])`;
  return type === "money"
    ? sql`(${postedAmount(json, source.exponent)})::float8`
    : traitSql(json, type, source.exponent);
}

/** Posted in major units, as number or text; what has more decimals than the currency is missing. */
function postedAmount(json: RawBuilder<unknown>, exponent: number): RawBuilder<unknown> {
  const text = sql`btrim(${json} #>> '{}')`;
  const pattern = `^-?[0-9]{1,15}([.][0-9]{0,${exponent}}0*)?$`;
  return sql`(case when jsonb_typeof(${json}) in ('number', 'string') and ${text} ~ ${pattern}::text
    then ${text}::numeric * ${sql.lit(10 ** exponent)} end)`;
}

/** The field of an event to sum up, in numeric: what does not carry it, or not as a number, is passed over. */
function summed({ path, type, exponent }: EventField): RawBuilder<unknown> {
  const json = sql`(e.data #> ${path}::text[])`;
  return type === "money" ? postedAmount(json, exponent) : exactNumber(json);
}

function storedColumn(stored: string, of: EventField | undefined, asking: Asking): RawBuilder<unknown> {
  switch (stored) {
    case "sum":
    case "avg":
    case "min":
    case "max":
      return sql`${sql.raw(stored)}(${summed(of!)})`;
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
