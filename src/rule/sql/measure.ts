import { type RawBuilder, sql } from "kysely";
import { type Ast, variablesOf } from "../ast.ts";
import type { Asking } from "./asking.ts";
import { condition, scalar } from "./expression.ts";
import { planOf } from "./plan.ts";

/** Many rules of a whole base in one query: `select k.id, … from <from>`. */
export interface Measuring {
  from: RawBuilder<unknown>;
  /** null = missing */
  value(rule: Ast): RawBuilder<unknown>;
  /** true, or else false or null */
  holds(rule: Ast): RawBuilder<unknown>;
}

export function measuring(rules: Ast[], asking: Asking): Measuring {
  const plan = planOf(rules.flatMap(variablesOf), asking, "k");
  return {
    from: sql`customers k ${plan.joins}`,
    value: (rule) => scalar(rule, plan),
    holds: (rule) => condition(rule, plan),
  };
}
