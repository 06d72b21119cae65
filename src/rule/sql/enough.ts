import { type RawBuilder, sql } from "kysely";
import { type Ast, neighbours } from "../ast.ts";
import { type Asking, ago, moment } from "./asking.ts";
import { TOTAL } from "./orders.ts";

type Sql = RawBuilder<unknown>;

/** Days of 24 hours and calendar days differ by less; an order this near to the limit is looked at by calendar. */
const SLACK = 3;
/** Beyond, a time could not be told from one that no table holds. */
const FURTHEST = 36_000;

/**
 * A cheap condition on the summary row that is enough for a comparison of days since the first or last order to hold:
 * reckoning calendar days in a customer's zone costs more than all else, and most are far from the limit. Undefined for
 * everything else.
 */
export function enough(ast: Ast, asking: Asking): Sql | undefined {
  if (ast.op !== "<" && ast.op !== "<=" && ast.op !== ">" && ast.op !== ">=") return undefined;
  const { op } = ast;
  const pairs = neighbours(ast.args).map(([left, right]) => ofPair(op, left, right, asking));
  if (!pairs.every((each) => each !== undefined)) return undefined;
  // only then the summary's times are what they were at the moment of asking
  return sql`(${sql.join([sql`${TOTAL.last!} <= ${moment(asking.asOf)}`, ...pairs], sql` and `)})`;
}

function ofPair(op: "<" | "<=" | ">" | ">=", left: Ast, right: Ast, asking: Asking): Sql | undefined {
  const [variable, literal] = left.op === "var" ? [left, right] : [right, left];
  if (variable.op !== "var" || variable.source.from !== "orders") return undefined;
  if (literal.op !== "literal" || typeof literal.value !== "number" || Math.abs(literal.value) > FURTHEST)
    return undefined;
  const { aggregate, days, period } = variable.source;
  if ((aggregate !== "since_first" && aggregate !== "since_last") || days !== undefined || period !== undefined)
    return undefined;
  const time = TOTAL[aggregate === "since_first" ? "first" : "last"]!;
  const limit = literal.value;
  const longAgo = (op === ">" || op === ">=") === (variable === left);
  return longAgo ? sql`${time} < ${ago(asking, limit + SLACK)}` : sql`${time} > ${ago(asking, limit - SLACK)}`;
}
