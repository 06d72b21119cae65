import { type RawBuilder, sql } from "kysely";
import { returning } from "../anniversary.ts";
import { type Ast, neighbours, type Source } from "../ast.ts";
import { type Asking, possibleDays } from "./asking.ts";

type Sql = RawBuilder<unknown>;

const GROUPED: Partial<Record<Source["from"], string>> = {
  events: "by_events",
  items: "by_items",
  complaints: "by_complaints",
};

/**
 * What must be there at all for the condition to hold, in sources that are grouped by customer: then Postgres can begin
 * with the few who have something, instead of the whole base. Undefined when it can hold without.
 */
export function presence(ast: Ast): Sql | undefined {
  const aliases = neededBy(ast);
  if (aliases.size === 0) return undefined;
  return sql.join(
    [...aliases].map((alias) => sql`${sql.ref(`${alias}.customer`)} is not null`),
    sql` and `,
  );
}

function neededBy(ast: Ast): Set<string> {
  switch (ast.op) {
    case "and":
    case "segment":
      return new Set(ast.args.flatMap((arg) => [...neededBy(arg)]));
    case "or": {
      const [first, ...others] = ast.args.map(neededBy);
      return new Set([...first!].filter((alias) => others.every((other) => other.has(alias))));
    }
    case "==":
    case "<":
    case "<=":
    case ">":
    case ">=": {
      const { op } = ast;
      return new Set(neighbours(ast.args).flatMap(([left, right]) => neededByPair(op, left, right) ?? []));
    }
    default:
      return new Set();
  }
}

/** Who has nothing has a count and a sum of 0, and all else is missing. */
function neededByPair(op: "==" | "<" | "<=" | ">" | ">=", left: Ast, right: Ast): string | undefined {
  const [variable, other] = left.op === "var" ? [left, right] : [right, left];
  if (variable.op !== "var" || other.op !== "literal" || typeof other.value !== "number") return undefined;
  const { source } = variable;
  const counts = !("aggregate" in source) || ["count", "sum", "days"].includes(source.aggregate);
  const [low, high] = variable === left ? [0, other.value] : [other.value, 0];
  const heldByNothing = { "==": low === high, "<": low < high, "<=": low <= high, ">": low > high, ">=": low >= high };
  return counts && heldByNothing[op] ? undefined : GROUPED[source.from];
}

/** What a date's text must be, or end with, to return on a day that is today somewhere: read before it is looked at closely. */
export function datePresence(ast: Ast, asking: Asking, alias: string): Sql | undefined {
  if (ast.op !== "is_today") return undefined;
  const [date] = ast.args;
  if (date.op !== "var" || date.source.from !== "trait") return undefined;
  const keys = possibleDays(asking).flatMap((day) => [...returning(ast.calendar, day, ast.within)]);
  const text = sql`(${sql.ref(`${alias}.traits`)} ->> ${date.source.trait}::text)`;
  return sql`${ast.calendar === "solar" ? sql`substr(${text}, 6)` : text} = any(${[...new Set(keys)]}::text[])`;
}
