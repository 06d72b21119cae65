import { type RawBuilder, sql } from "kysely";
import type { Aggregate, Ast, Source, Window } from "../ast.ts";
import { LARGEST } from "../value.ts";
import { type Asking, ago, moment } from "./asking.ts";
import { condition, type Reading } from "./expression.ts";
import { Columns, type Restrict, storedAggregate } from "./source.ts";
import { isZoned, reach, spanOf } from "./span.ts";

export interface ItemsAsked extends Window {
  aggregate: Aggregate;
  of: "amount" | "qty";
  where: Ast;
}

/** Aggregates over the items of paid orders, each with its own filter, from one pass. */
export function itemsSource(asked: ItemsAsked[], asking: Asking, alias: string, restrict?: Restrict) {
  const outer = reach(asked);
  const zoned = asked.some(isZoned);
  const columns = new Columns("i");
  const columnOf = ({ aggregate, of, where, days, period }: ItemsAsked) => {
    const stored = storedAggregate(aggregate);
    return columns.name(JSON.stringify([stored, of, where, days, period]), () => {
      const span = spanOf({ days, period } as Window, asking, "z");
      const within = sql`${span.after(sql`o.paid_at`)} and ${span.until(sql`o.paid_at`)}`;
      return sql`${storedColumn(stored, of)} filter (where ${condition(where, ITEM)} and ${within})`;
    });
  };
  for (const one of asked) columnOf(one);
  const join = sql`
    left join (
      select o.customer, ${columns.list()}
      from orders o join order_items i on i.order_id = o.order_id ${zoned ? sql`join customers z on z.id = o.customer` : sql``}
      where o.status = 'paid' and o.paid_at <= ${moment(asking.asOf)} and abs(i.qty) <= ${sql.lit(LARGEST)}
        ${outer === undefined ? sql`` : sql`and o.paid_at > ${ago(asking, outer)}`}
        ${restrict ? sql`and ${restrict(sql`o.customer`)}` : sql``}
      group by o.customer
    ) as by_items on by_items.customer = ${sql.ref(`${alias}.id`)}`;
  return { join, column: (one: ItemsAsked) => sql.ref(`by_items.${columnOf(one)}`) };
}

function storedColumn(stored: string, of: "amount" | "qty"): RawBuilder<unknown> {
  const value = of === "qty" ? sql`round(i.qty, 15)` : sql`round(i.price * i.qty)`;
  switch (stored) {
    case "sum":
      return sql`sum(${value})`;
    case "avg":
      return sql`avg(${value})`;
    case "min":
      return sql`min(${value})`;
    case "max":
      return sql`max(${value})`;
    case "first":
      return sql`min(o.paid_at)`;
    case "last":
      return sql`max(o.paid_at)`;
    default:
      return sql`count(distinct o.order_id)`;
  }
}

/** Dates have no place in the filter of an item. */
const ITEM: Reading = { column: itemColumn, today: [] };

function itemColumn({ source }: { source: Source }): RawBuilder<unknown> {
  if (source.from !== "item") throw new Error("only an item's own fields are known here");
  switch (source.column) {
    case "sku":
    case "category":
      return sql`${sql.ref(`i.${source.column}`)} collate "C"`;
    case "qty":
      return sql`round(i.qty, 15)::float8`;
    case "price":
      return sql`i.price::float8`;
  }
}
