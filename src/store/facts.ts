import type { Value, Variable } from "../rule/ast.ts";
import { factsQuery } from "../rule/sql.ts";
import type { Database, Tx } from "./database.ts";

export interface FactsAsked {
  /** internal ids */
  customers: number[];
  variables: Variable[];
  asOf: Date;
  /** zone of customers that have none of their own */
  homeZone: string;
}

/**
 * What rules may want to know of these customers, by variable name; one query, whatever the numbers. Variables that only
 * the caller knows (`event.*`, `steps.*`) are left out. Customers that do not exist are not in the map.
 */
export async function loadFacts(tx: Database | Tx, asked: FactsAsked): Promise<Map<number, Record<string, Value>>> {
  const variables = asked.variables.filter(({ source }) => source.from !== "scope");
  if (asked.customers.length === 0) return new Map();
  if (variables.length === 0) return new Map(asked.customers.map((id) => [id, {}]));
  const { rows } = await factsQuery(variables, asked.customers, asked).execute(tx);
  return new Map(rows.map((row) => [row.id as number, factsOf(row, variables)]));
}

function factsOf(row: Record<string, unknown>, variables: Variable[]): Record<string, Value> {
  return Object.fromEntries(variables.map(({ name }, i) => [name, (row[`v${i}`] ?? null) as Value]));
}
