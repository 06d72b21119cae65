import { type RawBuilder, sql } from "kysely";
import type { Aggregate, Window } from "../ast.ts";
import { type Asking, ago } from "./asking.ts";
import { Columns, storedAggregate } from "./source.ts";
import { reach, spanOf } from "./span.ts";

type Sql = RawBuilder<unknown>;

export interface OrdersAsked extends Window {
  aggregate: Aggregate;
}

const NET = sql`(o.amount - o.refunded)`;
const SUMMED: Record<string, Sql> = {
  count: sql`count(*)`,
  sum: sql`sum(${NET})`,
  avg: sql`avg(${NET})`,
  min: sql`min(${NET})`,
  max: sql`max(${NET})`,
  first: sql`min(o.paid_at)`,
  last: sql`max(o.paid_at)`,
};
/** The same over a whole life, from the customer's summary row. */
export const TOTAL: Record<string, Sql> = {
  count: sql`totals.orders`,
  sum: sql`totals.spent`,
  avg: sql`(totals.spent / nullif(totals.orders, 0))`,
  min: sql`totals.smallest`,
  max: sql`totals.largest`,
  first: sql`totals.first_at`,
  last: sql`totals.last_at`,
};

/**
 * All order aggregates of a rule: from the summary row where that is exact, since a customer's orders lie all inside or
 * all outside of the window; from the customer's own orders for the others only.
 */
export function ordersSource(asked: OrdersAsked[], asking: Asking, alias: string) {
  const windows = lookup(asked.filter(isWindowed), asking, alias);
  // the whole life needs looking up only for orders paid after the moment of asking: a join would visit everybody for it
  const life = inPlace(asking, alias);
  const join = sql`${summaryJoin(alias)} ${windows.join}`;
  return { join, column: (one: OrdersAsked) => sql`(${(isWindowed(one) ? windows : life).column(one)})` };
}

/** The summary row, as `totals`. */
export function summaryJoin(alias: string): Sql {
  return sql`left join customer_orders as totals on totals.customer = ${sql.ref(`${alias}.id`)}`;
}

function isWindowed({ days, period }: Window): boolean {
  return days !== undefined || period !== undefined;
}

interface Reading {
  /** the window holds all of the customer's orders, or at least one of them may lie in it */
  all: Sql;
  some: Sql;
  /** the aggregate over the orders `o` of a customer */
  sum: Sql;
}

function readingOf(one: OrdersAsked, asking: Asking, alias: string): Reading {
  const stored = storedAggregate(one.aggregate);
  const span = spanOf(one, asking, alias);
  const time = sql`o.paid_at`;
  // the last order says by itself when the last order was, whatever lies before the window
  const earliest = stored === "last" ? TOTAL.last! : TOTAL.first!;
  return {
    all: sql`${span.after(earliest)} and ${span.until(TOTAL.last!)}`,
    some: sql`${span.after(TOTAL.last!)} and ${span.until(TOTAL.first!)}`,
    sum: sql`${SUMMED[stored]!} filter (where ${span.after(time)} and ${span.until(time)})`,
  };
}

function either(one: OrdersAsked, { all, some }: Reading, found: Sql): Sql {
  return sql`case when ${all} then ${TOTAL[storedAggregate(one.aggregate)]!} when ${some} then ${found} end`;
}

function ordersOf(asked: OrdersAsked[], asking: Asking, alias: string): Sql {
  const outer = reach(asked);
  return sql`
    orders o where o.customer = ${sql.ref(`${alias}.id`)} and o.status = 'paid'
      ${outer === undefined ? sql`` : sql`and o.paid_at > ${ago(asking, outer)}`}`;
}

function inPlace(asking: Asking, alias: string) {
  return {
    join: sql``,
    column(one: OrdersAsked): Sql {
      const reading = readingOf(one, asking, alias);
      return either(one, reading, sql`(select ${reading.sum} from ${ordersOf([one], asking, alias)})`);
    },
  };
}

/** Several aggregates from one pass over a customer's orders. */
function lookup(asked: OrdersAsked[], asking: Asking, alias: string) {
  if (asked.length === 0) return { join: sql``, column: () => sql`null` };
  const columns = new Columns("o");
  const gates = new Map<string, Sql>();
  const made = new Map<string, Sql>();
  for (const one of asked) {
    const key = keyOf(one);
    if (made.has(key)) continue;
    const reading = readingOf(one, asking, alias);
    const column = columns.name(key, () => reading.sum);
    const { all, some } = reading;
    gates.set(
      `${one.days}/${one.period}/${storedAggregate(one.aggregate) === "last"}`,
      sql`(${some} and not (${all}))`,
    );
    made.set(key, either(one, reading, sql.ref(`in_window.${column}`)));
  }
  const join = sql`
    left join lateral (
      select ${columns.list()} from ${ordersOf(asked, asking, alias)} and (${sql.join([...gates.values()], sql` or `)})
    ) as in_window on true`;
  return { join, column: (one: OrdersAsked) => made.get(keyOf(one))! };
}

function keyOf({ aggregate, days, period }: OrdersAsked): string {
  return `${storedAggregate(aggregate)}/${days}/${period}`;
}
