import type { ScoreColumn, Variable } from "../ast.ts";
import { LARGEST } from "../value.ts";

/** The numbers that a variable can be, and how finely people would tell them apart. */
export interface Range {
  least: number;
  most: number;
  step: number;
}

const HUNDREDTH = 0.01;
const COUNT: Range = { least: 0, most: LARGEST, step: 1 };
const SCORES: Partial<Record<ScoreColumn, Range>> = {
  rfm_recency: { least: 1, most: 5, step: 1 },
  rfm_frequency: { least: 1, most: 5, step: 1 },
  rfm_monetary: { least: 1, most: 5, step: 1 },
  churn_risk: { least: 0, most: 1, step: HUNDREDTH },
  tier_value: { least: 0, most: 100, step: HUNDREDTH },
  tier_depth: { least: 0, most: 100, step: HUNDREDTH },
  tier_interaction: { least: 0, most: 100, step: HUNDREDTH },
  tier_risk: { least: 0, most: 100, step: HUNDREDTH },
  orders_30d: { ...COUNT, step: HUNDREDTH },
  orders_90d: { ...COUNT, step: HUNDREDTH },
  orders_365d: { ...COUNT, step: HUNDREDTH },
  lead_score: { least: -LARGEST, most: LARGEST, step: 1 },
};

const ANYTHING: Range = { least: -LARGEST, most: LARGEST, step: 1 };

/** So that nobody is told to have −1 complaints, or a risk of 1.7. */
export function rangeOf({ type, source }: Variable): Range {
  switch (source.from) {
    case "orders":
    case "messages":
    case "complaints":
    case "enrolments":
      return COUNT;
    case "items":
      return { ...COUNT, step: type === "number" && source.aggregate !== "count" ? HUNDREDTH : 1 };
    case "events":
      return source.of ? ANYTHING : COUNT;
    case "bucket":
      return { least: 0, most: source.of - 1, step: 1 };
    case "score":
      return SCORES[source.column] ?? COUNT;
    default:
      return ANYTHING;
  }
}
