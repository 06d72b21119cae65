import type { Variable } from "liquidjs";

/** "customer", "traits", "city"; what is only known when the template is rendered is "*". */
export function pathOf(variable: Variable): string[] {
  return variable.segments.map((segment) => (typeof segment === "object" ? "*" : String(segment)));
}
