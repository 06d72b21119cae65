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
  // the whole life needs looking up only for orders paid after the moment of asking: kept apart, so that it widens nothing
  const windowed = lookup("in_window", asked.filter(isWindowed), asking, alias);
  const whole = lookup(
    "in_life",
    asked.filter((one) => !isWindowed(one)),
    asking,
    alias,
  );
  const join = sql`${summaryJoin(alias)} ${windowed.join} ${whole.join}`;
  return { join, column: (one: OrdersAsked) => sql`(${(isWindowed(one) ? windowed : whole).column(one)})` };
}

/** The summary row, as `totals`. */
export function summaryJoin(alias: string): Sql {
  return sql`left join customer_orders as totals on totals.customer = ${sql.ref(`${alias}.id`)}`;
}

function isWindowed({ days, period }: Window): boolean {
  return days !== undefined || period !== undefined;
}

function lookup(name: string, asked: OrdersAsked[], asking: Asking, alias: string) {
  if (asked.length === 0) return { join: sql``, column: () => sql`null` };
  const outer = reach(asked);
  const columns = new Columns("o");
  const gates = new Map<string, Sql>();
  const made = new Map<string, Sql>();
  for (const one of asked) {
    const stored = storedAggregate(one.aggregate);
    const key = `${stored}/${one.days}/${one.period}`;
    if (made.has(key)) continue;
    const span = spanOf(one, asking, alias);
    const time = sql`o.paid_at`;
    const column = columns.name(
      key,
      () => sql`${SUMMED[stored]!} filter (where ${span.after(time)} and ${span.until(time)})`,
    );
    // the last order says by itself when the last order was, whatever lies before the window
    const earliest = stored === "last" ? TOTAL.last! : TOTAL.first!;
    const all = sql`${span.after(earliest)} and ${span.until(TOTAL.last!)}`;
    const some = sql`${span.after(TOTAL.last!)} and ${span.until(TOTAL.first!)}`;
    gates.set(`${one.days}/${one.period}/${stored === "last"}`, sql`(${some} and not (${all}))`);
    made.set(key, sql`case when ${all} then ${TOTAL[stored]!} when ${some} then ${sql.ref(`${name}.${column}`)} end`);
  }
  const join = sql`
    left join lateral (
      select ${columns.list()}
      from orders o
      where o.customer = ${sql.ref(`${alias}.id`)} and o.status = 'paid'
        ${outer === undefined ? sql`` : sql`and o.paid_at > ${ago(asking, outer)}`}
        and (${sql.join([...gates.values()], sql` or `)})
    ) as ${sql.ref(name)} on true`;
  return {
    join,
    column: (one: OrdersAsked) => made.get(`${storedAggregate(one.aggregate)}/${one.days}/${one.period}`)!,
  };
}
