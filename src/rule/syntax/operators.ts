/** The closed list: how many arguments each operator takes. */
export const OPERATORS = {
  and: [1, Infinity],
  or: [1, Infinity],
  "!": [1, 1],
  "==": [2, 2],
  "!=": [2, 2],
  "<": [2, 3],
  "<=": [2, 3],
  ">": [2, 2],
  ">=": [2, 2],
  "+": [1, Infinity],
  "-": [1, 2],
  "*": [1, Infinity],
  "/": [2, 2],
  "%": [2, 2],
  min: [1, Infinity],
  max: [1, Infinity],
  if: [2, Infinity],
  in: [2, 2],
  missing: [0, Infinity],
  missing_some: [2, 2],
  cat: [1, Infinity],
  some: [2, 2],
  all: [2, 2],
  none: [2, 2],
  var: [1, 2],
  segment: [1, 1],
  days_since: [1, 1],
  is_today: [1, 3],
  bucket: [2, 2],
} as const satisfies Record<string, readonly [least: number, most: number]>;

export type Operator = keyof typeof OPERATORS;

/** JSON Logic that has no single meaning for a base and for one customer, and what to write in its place. */
export const INSTEAD: Record<string, string> = {
  "===": '"=="',
  "!==": '"!="',
  "!!": 'a comparison, such as {"==": [ …, true]}, or {"!": {"missing": ["name"]}}',
  "?:": '"if"',
  not: '"!"',
  "=": '"=="',
  "<>": '"!="',
  between: '{"<=": [low, value, high]}',
  merge: "a plain list",
  filter: '"some", "all" or "none"',
  map: '"some", "all" or "none"',
  reduce: 'a variable that counts or sums, such as "orders.sum_365d"',
  substr: '"in"',
};

/** How each is written, for those who gave it too few or too many arguments. */
const EXAMPLES: Partial<Record<Operator, string>> = {
  and: '{"and": [condition, condition]}',
  or: '{"or": [condition, condition]}',
  "!": '{"!": [condition]}',
  "-": '{"-": [5, 3]}',
  if: '{"if": [condition, value, otherwise]}',
  in: '{"in": ["a", ["a", "b"]]}',
  var: '{"var": "orders.count"}',
  missing_some: '{"missing_some": [1, ["consent.email", "consent.sms"]]}',
  segment: '{"segment": "dormant"}',
  days_since: '{"days_since": [{"var": "customer.traits.birthday"}]}',
  is_today: '{"is_today": [{"var": "customer.traits.birthday"}, "lunar"]}',
  bucket: '{"bucket": ["spring-test", 100]}',
};

/** Such as {"<": [1, 2]} for the others. */
export function exampleOf(op: Operator): string {
  return EXAMPLES[op] ?? `{"${op}": [1, 2]}`;
}

export function isOperator(name: string): name is Operator {
  return Object.hasOwn(OPERATORS, name);
}
