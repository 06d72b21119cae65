import { type RawBuilder, sql } from "kysely";
import type { Aggregate } from "../ast.ts";
import { type Asking, moment, windowStart } from "./asking.ts";
import { Columns, type Restrict, storedAggregate, widest } from "./source.ts";

export interface OrdersAsked {
  aggregate: Aggregate;
  days?: number;
}

const NET = sql`(o.amount - o.refunded)`;
const STORED: Record<string, RawBuilder<unknown>> = {
  count: sql`count(*)`,
  sum: sql`sum(${NET})`,
  avg: sql`avg(${NET})`,
  min: sql`min(${NET})`,
  max: sql`max(${NET})`,
  first: sql`min(o.paid_at)`,
  last: sql`max(o.paid_at)`,
};

/** All order aggregates of a rule from one pass over the orders. */
export function ordersSource(asked: OrdersAsked[], asking: Asking, alias: string, restrict?: Restrict) {
  const outer = widest(asked.map((one) => one.days));
  const columns = new Columns("o");
  const columnOf = ({ aggregate, days }: OrdersAsked) => {
    const stored = storedAggregate(aggregate);
    const narrower = days !== undefined && days !== outer;
    return columns.name(`${stored}/${days}`, () =>
      narrower ? sql`${STORED[stored]!} filter (where o.paid_at > ${windowStart(asking, days)})` : STORED[stored]!,
    );
  };
  for (const one of asked) columnOf(one);
  const join = sql`
    left join (
      select o.customer, ${columns.list()}
      from orders o
      where o.status = 'paid' and o.paid_at <= ${moment(asking.asOf)}
        ${outer === undefined ? sql`` : sql`and o.paid_at > ${windowStart(asking, outer)}`}
        ${restrict ? sql`and ${restrict(sql`o.customer`)}` : sql``}
      group by o.customer
    ) as by_orders on by_orders.customer = ${sql.ref(`${alias}.id`)}`;
  return { join, column: (one: OrdersAsked) => sql.ref(`by_orders.${columnOf(one)}`) };
}
