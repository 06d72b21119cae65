/**
 * A rule as it is stored in programs and evaluated: plain JSON, typed, with literals converted (money in minor units),
 * segments inlined. Needs no catalogue to be read.
 */

/** money: minor units; date: a calendar day "YYYY-MM-DD" in the customer's zone; strings: tags and other lists */
export type Type = "boolean" | "number" | "money" | "string" | "date" | "strings";

/** null = missing */
export type Value = boolean | number | string | string[] | null;

export type Aggregate =
  | "count"
  | "sum"
  | "avg"
  | "min"
  | "max"
  | "first"
  | "last"
  | "days"
  | "since_first"
  | "since_last";

/** Columns of customer_scores that rules may read. */
export type ScoreColumn =
  | "rfm_recency"
  | "rfm_frequency"
  | "rfm_monetary"
  | "rfm_group"
  | "churn_risk"
  | "orders_30d"
  | "orders_90d"
  | "orders_365d"
  | "order_value"
  | "value_365d"
  | "tier"
  | "tier_value"
  | "tier_depth"
  | "tier_interaction"
  | "tier_risk"
  | "stage"
  | "lead_score";

/** A stretch of the calendar in the customer's zone; a week begins on Monday; this … ends with the moment of asking. */
export type Period = `${"this" | "last"}_${"week" | "month" | "quarter" | "year"}`;

/** What an aggregate looks back over; without either the whole life. */
export interface Window {
  /** width in days of 24 hours */
  days?: number;
  period?: Period;
}

/** live: enrolled now; converted: ever; since_last: days since the latest enrolment */
export type EnrolmentFact = "live" | "converted" | "since_last";

/** A number or an amount that events carry. */
export interface EventField {
  path: string[];
  type: "number" | "money";
  /** decimal places of the currency */
  exponent: number;
}

/** Where a variable's value comes from; what SQL needs to know to compute it. */
export type Source =
  | { from: "customer"; column: "customer_id" | "locale" | "timezone" | "owner" }
  /** exponent: decimal places of the currency, for money traits, which are stored in major units */
  | { from: "trait"; trait: string; exponent: number }
  | { from: "consent"; channel: string }
  | ({ from: "orders"; aggregate: Aggregate } & Window)
  /** over the items of paid orders that fit `where`; of: the item's price × quantity, or its quantity */
  | ({ from: "items"; aggregate: Aggregate; of: "amount" | "qty"; where: Ast } & Window)
  /** only inside the `where` of items */
  | { from: "item"; column: "sku" | "category" | "qty" | "price" }
  /** of: the field that is summed, averaged, …, of those that `where` may ask for too */
  | ({ from: "events"; event: string; aggregate: Aggregate; of?: EventField; where?: Ast } & Window)
  /** only inside the `where` of events; exponent: decimal places of the currency */
  | { from: "field"; path: string[]; exponent: number }
  | { from: "complaints" }
  /** treated enrolments, of one campaign or of any */
  | { from: "enrolments"; asked: EnrolmentFact; campaign?: string }
  /** messages that were accepted for delivery, other than transactional ones */
  | ({ from: "messages"; aggregate: Aggregate } & Window)
  /** the calendar day of asking, in the customer's zone */
  | { from: "today" }
  /** 0 to of − 1: the same for a customer and a salt for ever, and even over a base */
  | { from: "bucket"; salt: string; of: number }
  /** as the latest scoring left it */
  | { from: "score"; column: ScoreColumn }
  /** given by whoever evaluates: event.*, steps.*, run.*, params.* */
  | { from: "scope" };

export interface Variable {
  /** key of facts and lookups */
  name: string;
  type: Type;
  source: Source;
}

export interface Literal {
  op: "literal";
  /** numbers: only as the list behind `in` */
  type: Type | "numbers";
  value: boolean | number | string | string[] | number[];
}
export interface Var extends Variable {
  op: "var";
}
/** What `{ "var": "" }` means inside some, all, none. */
export interface Item {
  op: "item";
  type: "string";
  /** 0 = the outermost list */
  level: number;
}
export type LogicOp = "and" | "or" | "!";
export type ComparisonOp = "==" | "!=" | "<" | "<=" | ">" | ">=";
export type ArithmeticOp = "+" | "-" | "*" | "/" | "%" | "min" | "max";
export type Calendar = "solar" | "lunar";
export type ListOp = "some" | "all" | "none";

export type Ast =
  | Literal
  | Var
  | Item
  | { op: LogicOp; type: "boolean"; args: Ast[] }
  /** three arguments: between */
  | { op: ComparisonOp; type: "boolean"; args: Ast[] }
  | { op: ArithmeticOp; type: "number" | "money"; args: Ast[] }
  /** condition, value, condition, value, …, else (may be absent: missing) */
  | { op: "if"; type: Type; args: Ast[] }
  /** needle, haystack: text in text, text in a list, number in a literal list */
  | { op: "in"; type: "boolean"; args: [Ast, Ast] }
  | { op: "missing"; type: "strings"; args: Var[] }
  | { op: "missing_some"; type: "strings"; need: number; args: Var[] }
  | { op: "cat"; type: "string"; args: Ast[] }
  /** level as in Item */
  | { op: ListOp; type: "boolean"; level: number; args: [Ast, Ast] }
  /** `{ "var": [name, otherwise] }` */
  | { op: "default"; type: Type; args: [Var, Literal] }
  /** whole calendar days from a date until today */
  | { op: "days_since"; type: "number"; args: [date: Ast, today: Var] }
  /** the date's yearly return is today or in the `within` days after it */
  | { op: "is_today"; type: "boolean"; calendar: Calendar; within: number; args: [date: Ast, today: Var] }
  /** a list as a condition: it has at least one element */
  | { op: "filled"; type: "boolean"; args: [Ast] }
  | { op: "segment"; type: "boolean"; id: string; args: [Ast] };

/** Every variable a rule reads, once each, in order of appearance. */
export function variablesOf(ast: Ast): Variable[] {
  const found = new Map<string, Variable>();
  collect(ast, found);
  return [...found.values()];
}

function collect(ast: Ast, found: Map<string, Variable>): void {
  if (ast.op === "var") {
    if (!found.has(ast.name)) found.set(ast.name, { name: ast.name, type: ast.type, source: ast.source });
  } else if (ast.op !== "literal" && ast.op !== "item") {
    for (const arg of ast.args) collect(arg, found);
  }
}

/** What a comparison compares: each argument with the next, since `a < b < c` is two of them. */
export function neighbours<T>(args: readonly T[]): [left: T, right: T][] {
  return args.slice(1).map((right, i) => [args[i]!, right]);
}
