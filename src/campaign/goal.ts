import type { Ast } from "../rule/ast.ts";
import type { Duration } from "./units.ts";

/** Either bound; shares as 0.7, money in minor units. */
export interface MetricCondition {
  metric: string;
  atLeast?: number;
  atMost?: number;
}
export interface Target {
  metric: string;
  atLeast?: number;
  atMost?: number;
  basis?: "actual" | "planned";
}
export interface Watch {
  metric: string;
  below?: number;
  above?: number;
  phase?: string;
  after: Duration;
  team: string;
  due: Duration;
}
export interface Goal {
  participation?: { event: string; atLeast: number };
  convert?: { event: string; where?: Ast; within: Duration };
  onConvert: { mode: "continue" } | { mode: "exit" } | { mode: "goto"; pc: number; root: number };
  targets: Target[];
  watch: Watch[];
}
