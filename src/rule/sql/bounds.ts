import { type RawBuilder, sql } from "kysely";
import { type Ast, neighbours, type Source } from "../ast.ts";
import { type Asking, ago, moment } from "./asking.ts";
import { TOTAL } from "./orders.ts";
import { type Span, spanOf } from "./span.ts";

type Sql = RawBuilder<unknown>;
type Side = "<" | "<=" | ">" | ">=";
type Orders = Extract<Source, { from: "orders" }>;

const [LAST, FIRST] = [TOTAL.last!, TOTAL.first!];

export interface Bound {
  sql: Sql;
  /** whether it can be expected to leave few: large amounts, or lately; not that many are long gone, or have some order or none */
  narrows: boolean;
}

/**
 * What the summary row must say at least for the condition to hold: never instead of it, but asked before it, so that
 * only candidates are looked up. Undefined when the summary says nothing about it.
 * @param alias of customers, beside `totals`
 */
export function bound(ast: Ast, asking: Asking, alias: string): Bound | undefined {
  const of = (arg: Ast) => bound(arg, asking, alias);
  switch (ast.op) {
    case "and":
    case "segment": {
      return all(ast.args.map(of).filter((each) => each !== undefined));
    }
    case "or": {
      const bounds = ast.args.map(of);
      if (!bounds.every((each) => each !== undefined)) return undefined;
      return {
        sql: sql`(${sql.join(
          bounds.map((each) => each.sql),
          sql` or `,
        )})`,
        narrows: bounds.every((each) => each.narrows),
      };
    }
    case "==":
    case "<":
    case "<=":
    case ">":
    case ">=": {
      const { op } = ast;
      const pairs = neighbours(ast.args).map(([left, right]) => ofPair(op, left, right, asking, alias));
      return all(pairs.flat());
    }
    default:
      return undefined;
  }
}

function all(bounds: Bound[]): Bound | undefined {
  if (bounds.length === 0) return undefined;
  const parts = bounds.map((each) => each.sql);
  return { sql: sql`(${sql.join(parts, sql` and `)})`, narrows: bounds.some((each) => each.narrows) };
}

const MIRRORED: Record<Side, Side> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

function ofPair(op: "==" | Side, left: Ast, right: Ast, asking: Asking, alias: string): Bound[] {
  const [variable, literal] = left.op === "var" ? [left, right] : [right, left];
  if (variable.op !== "var" || variable.source.from !== "orders" || literal.op !== "literal") return [];
  if (typeof literal.value !== "number") return [];
  const sides: Side[] = op === "==" ? [">=", "<="] : [variable === left ? op : MIRRORED[op]];
  const { source } = variable;
  const { value } = literal;
  return sides.flatMap((side) => {
    const found = ofSide(source, side, value, asking, spanOf(source, asking, alias));
    return found ? [{ sql: found, narrows: leavesFew(source, side) }] : [];
  });
}

function leavesFew({ aggregate }: Orders, side: Side): boolean {
  if (aggregate === "count") return false;
  return aggregate === "since_first" || aggregate === "since_last" ? side === "<" || side === "<=" : true;
}

function ofSide({ aggregate }: Orders, side: Side, value: number, asking: Asking, span: Span): Sql | undefined {
  const lower = side === ">" || side === ">=";
  const number = sql`${value}::float8`;
  const some = sql`${span.after(LAST)} and ${span.until(FIRST)}`;
  const positive = side === ">" ? value >= 0 : value > 0;
  switch (aggregate) {
    case "count":
      if (lower) return positive ? sql`(${some} and totals.orders >= ${number})` : undefined;
      // none is asked for, and the last order is one
      if (side === "<" ? value <= 1 : value < 1)
        return sql`((${span.after(LAST)} and ${span.until(LAST)}) is not true)`;
      return undefined;
    case "sum":
      // a whole life's sum bounds that of its parts while nothing was taken away
      return lower && positive ? sql`(${some} and (totals.spent >= ${number} or totals.smallest < 0))` : undefined;
    case "avg":
      return lower ? sql`(${some} and totals.largest >= ${number})` : sql`(${some} and totals.smallest <= ${number})`;
    case "max":
      return lower ? sql`(${some} and totals.largest >= ${number})` : sql`(${some})`;
    case "min":
      return lower ? sql`(${some})` : sql`(${some} and totals.smallest <= ${number})`;
    case "since_first":
      return sinceBound(FIRST, lower, value, asking);
    case "since_last":
      // an order after the moment of asking hides which one was the last before it
      return sql`(${sinceBound(LAST, lower, value, asking)} or ${LAST} > ${moment(asking.asOf)})`;
    default:
      return undefined;
  }
}

/** Calendar days differ from days of 24 hours by less than two, and by one more where a zone has skipped a day. */
const SLACK = 3;
const FURTHEST = 36_500;

function sinceBound(time: Sql, lower: boolean, days: number, asking: Asking): Sql {
  return lower
    ? sql`${time} < ${ago(asking, Math.max(-FURTHEST, Math.min(days, FURTHEST) - SLACK))}`
    : sql`${time} > ${ago(asking, Math.min(FURTHEST, Math.max(days, -FURTHEST) + SLACK))}`;
}
