import type { Operator } from "./operators.ts";

/** What can be counted with a filter. */
export type Table = "orders" | "events";

/**
 * What a rule says before anyone has asked what its names mean. Each node knows where it stands in its file; for what has
 * an operator `pointer` is the operator's and `place` that of the object around it.
 */
export type Syntax =
  | { kind: "literal"; value: boolean | number | string; pointer: string }
  | { kind: "list"; items: Syntax[]; pointer: string }
  | { kind: "call"; op: Operator; args: Syntax[]; pointer: string; place: string }
  /** `{ "orders": { "sum": "amount", "within": "180d", "where": … } }` */
  | { kind: "aggregate"; table: Table; fields: Record<string, unknown>; where?: Syntax; pointer: string; place: string }
  /** already reported */
  | { kind: "wrong"; pointer: string };

/** Where the whole node stands, for faults of what it is rather than of what it says inside. */
export function placeOf(node: Syntax): string {
  return node.kind === "call" || node.kind === "aggregate" ? node.place : node.pointer;
}

/** Number of nodes. */
export function sizeOf(node: Syntax): number {
  const below = (nodes: Syntax[]): number => nodes.reduce((sum, each) => sum + sizeOf(each), 0);
  switch (node.kind) {
    case "literal":
    case "wrong":
      return 1;
    case "list":
      return 1 + below(node.items);
    case "call":
      return 1 + below(node.args);
    case "aggregate":
      return 1 + (node.where ? sizeOf(node.where) : 0);
  }
}
