import { type RawBuilder, sql } from "kysely";
import type { ScoreColumn, Type } from "../ast.ts";

/** What the latest scoring left of each customer; like traits it has no history. */
export function scoresSource(alias: string) {
  return {
    join: sql`left join customer_scores as by_scores on by_scores.customer = ${sql.ref(`${alias}.id`)}`,
    column(column: ScoreColumn, type: Type): RawBuilder<unknown> {
      const value = sql.ref(`by_scores.${column}`);
      return type === "string" ? sql`${value} collate "C"` : sql`${value}::float8`;
    },
  };
}
