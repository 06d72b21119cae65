import type { Variable } from "../../rule/ast.ts";

/** What a variable can be at all. `sure`: it is never missing. */
export interface Range {
  least: number;
  most: number;
  sure: boolean;
  /** texts: the only ones */
  texts?: readonly string[];
}

const COUNTED: Range = { least: 0, most: Infinity, sure: true };
const QUINTILES = ["rfm_recency", "rfm_frequency", "rfm_monetary"];

/** @param steps what this campaign's steps can find, by name: "steps.days.count" */
export function rangeOf({ name, source }: Variable, steps: ReadonlyMap<string, Range>): Range | undefined {
  switch (source.from) {
    case "orders":
    case "items":
    case "events":
    case "messages":
      if (source.aggregate === "count" || source.aggregate === "days") return COUNTED;
      return source.aggregate.startsWith("since_") ? { ...COUNTED, sure: false } : undefined;
    case "complaints":
      return COUNTED;
    case "bucket":
      return { least: 0, most: source.of - 1, sure: true };
    case "score":
      if (QUINTILES.includes(source.column)) return { least: 1, most: 5, sure: false };
      return source.column === "churn_risk" ? { least: 0, most: 1, sure: false } : undefined;
    case "scope":
      return steps.get(name);
    default:
      return undefined;
  }
}
