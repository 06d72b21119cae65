import { type RawBuilder, sql } from "kysely";
import type { Aggregate, Type } from "../ast.ts";
import { LARGEST } from "../value.ts";
import { type Asking, dayText, daysSince } from "./asking.ts";

/** Says which customers a source has to look at; absent = the whole base. */
export type Restrict = (customer: RawBuilder<unknown>) => RawBuilder<boolean>;

/** Columns of a grouped source, each computed once however often it is asked for. */
export class Columns {
  private readonly prefix: string;
  private readonly byKey = new Map<string, { name: string; sql: RawBuilder<unknown> }>();

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  /** Name of the column with this key. */
  name(key: string, make: () => RawBuilder<unknown>): string {
    const known = this.byKey.get(key);
    if (known) return known.name;
    const name = `${this.prefix}${this.byKey.size}`;
    this.byKey.set(key, { name, sql: make() });
    return name;
  }

  list(): RawBuilder<unknown> {
    return sql.join([...this.byKey.values()].map((column) => sql`${column.sql} as ${sql.ref(column.name)}`));
  }
}

/** What is stored per customer, whatever the variable makes of it: days since the last order is made of `last`. */
export function storedAggregate(aggregate: Aggregate): Exclude<Aggregate, "since_first" | "since_last"> {
  if (aggregate === "since_first") return "first";
  if (aggregate === "since_last") return "last";
  return aggregate;
}

/**
 * A grouped column as the value a rule sees: nothing bought is a count and a sum of 0, all else is missing; as is a number
 * that is too large, like any other.
 */
export function finish(
  column: RawBuilder<unknown>,
  { aggregate, type }: { aggregate: Aggregate; type: Type },
  alias: string,
  asking: Asking,
): RawBuilder<unknown> {
  switch (aggregate) {
    case "sum":
      return type === "number"
        ? sql`(case when coalesce(abs(${column}), 0) <= ${sql.lit(LARGEST)} then coalesce(${column}, 0)::float8 end)`
        : sql`coalesce(${column}, 0)::float8`;
    case "count":
    case "days":
      return sql`coalesce(${column}, 0)::float8`;
    case "avg":
    case "min":
    case "max":
      return sql`${column}::float8`;
    case "first":
    case "last":
      return dayText(column, alias, asking);
    case "since_first":
    case "since_last":
      return daysSince(column, alias, asking);
  }
}
