import type { Operator } from "./operators.ts";

/** What a rule says before anyone has asked what its names mean. Each node knows where it stands in its file. */
export type Syntax =
  | { kind: "literal"; value: boolean | number | string; pointer: string }
  | { kind: "list"; items: Syntax[]; pointer: string }
  | { kind: "call"; op: Operator; args: Syntax[]; pointer: string }
  /** `{ "orders": { "sum": "amount", "within": "180d", "where": … } }` */
  | { kind: "aggregate"; fields: Record<string, unknown>; where?: Syntax; pointer: string }
  /** already reported */
  | { kind: "wrong"; pointer: string };
