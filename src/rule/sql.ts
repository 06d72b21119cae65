import { type RawBuilder, sql } from "kysely";
import { type Ast, type Variable, variablesOf } from "./ast.ts";
import type { Asking } from "./sql/asking.ts";
import { bound } from "./sql/bounds.ts";
import { enough } from "./sql/enough.ts";
import { condition, scalar } from "./sql/expression.ts";
import { summaryJoin } from "./sql/orders.ts";
import { isCheap, isGrouped, needsNoJoin, type Plan, planOf } from "./sql/plan.ts";
import { datePresence, presence } from "./sql/presence.ts";

type Sql = RawBuilder<unknown>;

/**
 * A rule for a base: a condition on the row `c` in `select … from customers c where …`. Never null. What is cheap is asked
 * first: the customer's own row and its bounds in the summary, then windows, for those who are left.
 */
export function toSql(ast: Ast, asking: Asking): RawBuilder<boolean> {
  const parts = conjuncts(ast);
  const variables = parts.flatMap(variablesOf);
  if (variables.every(needsNoJoin)) {
    const row = planOf([], asking, "c");
    const conditions = parts.map((part) => {
      const early = datePresence(part, asking, "c");
      const exact = sql`coalesce(${condition(part, row)}, false)`;
      return early ? sql`case when ${early} then ${exact} else false end` : exact;
    });
    return sql`(${sql.join(conditions, sql` and `)})`;
  }
  const { joins, where } = membersOf(ast, asking, "k");
  return sql`(c.id in (select k.id from customers k ${joins} where ${where}))`;
}

/**
 * A rule as the base itself: `from customers c ${joins} where ${where}` are its members, each once. Cheaper than the
 * condition where the base is read for the rule's sake.
 */
export function membersOf(ast: Ast, asking: Asking, alias = "c"): { joins: Sql; where: RawBuilder<boolean> } {
  const parts = conjuncts(ast);
  const variables = parts.flatMap(variablesOf);
  const bounds = parts.map((part) => bound(part, asking, alias)).filter((each) => each !== undefined);
  const cheap = parts.filter((part) => variablesOf(part).every(isCheap));
  const narrows = cheap.some(leavesFew) || bounds.some((each) => each.narrows);
  if (narrows && variables.some(isGrouped)) return { joins: sql``, where: inTwoSteps(parts, cheap, asking, alias) };
  const plan = planOf(variables, asking, alias);
  const early = parts.flatMap((part) => [presence(part), datePresence(part, asking, alias)]);
  return {
    joins: plan.joins,
    where: allOf(
      [...bounds.map((each) => each.sql), ...early.filter((each) => each !== undefined)],
      parts,
      plan,
      asking,
    ),
  };
}

/** Candidates first, so that events and the like are gone through for them alone. */
function inTwoSteps(parts: Ast[], cheap: Ast[], asking: Asking, alias: string): RawBuilder<boolean> {
  const bounds = parts.map((part) => bound(part, asking, "k")).filter((each) => each !== undefined);
  const first = planOf(cheap.flatMap(variablesOf), asking, "k");
  const summary = bounds.length > 0 ? summaryJoin("k") : sql``;
  const rest = parts.filter((part) => !cheap.includes(part));
  const among = (customer: Sql) => sql<boolean>`${customer} in (select id from candidates)`;
  const second = planOf(rest.flatMap(variablesOf), asking, "k", among);
  const candidates = allOf(
    bounds.map((each) => each.sql),
    cheap,
    first,
    asking,
  );
  const there = rest.map(presence).filter((each) => each !== undefined);
  return sql`(${sql.ref(`${alias}.id`)} in (
    with candidates as materialized (select k.id from customers k ${first.joins} ${summary} where ${candidates})
    select k.id from customers k ${second.joins} where ${allOf([among(sql`k.id`), ...there], rest, second, asking)}))`;
}

/** Going through events for candidates alone pays when they are few: a comparison may make them so, a yes or a not hardly. */
function leavesFew({ op }: Ast): boolean {
  return ["==", "<", "<=", ">", ">=", "in", "is_today"].includes(op);
}

/** @param others what else has to hold, cheap to ask */
function allOf(others: Sql[], parts: Ast[], plan: Plan, asking: Asking): RawBuilder<boolean> {
  const conditions = parts.map((part) => {
    const exact = condition(part, plan);
    const shortcut = enough(part, asking);
    return shortcut ? sql`(${shortcut} or ${exact})` : exact;
  });
  return sql`(${sql.join([...others, ...conditions], sql` and `)})`;
}

/** A rule's value for the row `c`, to sort by: null = missing. */
export function valueToSql(ast: Ast, asking: Asking): RawBuilder<unknown> {
  const variables = variablesOf(ast);
  if (variables.every(needsNoJoin)) return scalar(ast, planOf([], asking, "c"));
  const plan = planOf(variables, asking, "k", (customer) => sql`${customer} = c.id`);
  return sql`(select ${scalar(ast, plan)} from customers k ${plan.joins} where k.id = c.id)`;
}

/** The values that rules about these customers would see: columns id, v0, v1, … in the order of the variables. */
export function factsQuery(
  variables: Variable[],
  customers: number[],
  asking: Asking,
): RawBuilder<Record<string, unknown>> {
  const ids = sql`${customers}::bigint[]`;
  const plan = planOf(variables, asking, "k", (customer) => sql`${customer} = any(${ids})`);
  const columns = variables.map((variable, i) => sql`, ${plan.column(variable)} as ${sql.ref(`v${i}`)}`);
  return sql`select k.id ${sql.join(columns, sql``)} from customers k ${plan.joins} where k.id = any(${ids})`;
}

/** What all has to hold, through segments: "a and (segment: b and c)" is three conditions. */
function conjuncts(ast: Ast): Ast[] {
  if (ast.op === "and") return ast.args.flatMap(conjuncts);
  if (ast.op === "segment") return conjuncts(ast.args[0]);
  return [ast];
}
