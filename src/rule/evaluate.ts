import type { ArithmeticOp, Ast, ComparisonOp, Value } from "./ast.ts";
import { keyOf, returning } from "./anniversary.ts";
import { asValue, dayNumber, LARGEST } from "./value.ts";

export type Lookup = (name: string) => Value | undefined;

/**
 * The rule's value for one customer (or event). Total: what is not there, or not of its type, is missing (null); a
 * comparison with a missing value is false; arithmetic with one is missing.
 */
export function evaluate(ast: Ast, lookup: Lookup): Value {
  return value(ast, lookup, []);
}

/** The rule as a condition. */
export function holds(ast: Ast, lookup: Lookup): boolean {
  return value(ast, lookup, []) === true;
}

/** @param items elements of the lists we are inside of, outermost first */
export function value(ast: Ast, lookup: Lookup, items: readonly string[]): Value {
  const of = (arg: Ast) => value(arg, lookup, items);
  const yes = (arg: Ast) => value(arg, lookup, items) === true;
  switch (ast.op) {
    case "literal":
      // a list of numbers stands only behind `in`, which reads it itself
      return ast.value as Value;
    case "var":
      return asValue(ast.type, lookup(ast.name));
    case "item":
      return items[ast.level] ?? null;
    case "and":
      return ast.args.every(yes);
    case "or":
      return ast.args.some(yes);
    case "!":
      return !yes(ast.args[0]!);
    case "==":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return compareAll(ast.op, ast.args.map(of));
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
    case "min":
    case "max":
      return calculate(ast.op, ast.args.map(of));
    case "if":
      return choose(ast.args, of, yes);
    case "in":
      return isIn(of(ast.args[0]), of(ast.args[1]));
    case "missing":
      return missingOf(ast.args, of);
    case "missing_some": {
      const missing = missingOf(ast.args, of);
      return ast.args.length - missing.length >= ast.need ? [] : missing;
    }
    case "cat": {
      const parts = ast.args.map(of);
      return parts.includes(null) ? null : parts.join("");
    }
    case "some":
    case "all":
    case "none":
      return quantify(ast.op, of(ast.args[0]), (item) => value(ast.args[1], lookup, [...items, item]) === true);
    case "default":
      return of(ast.args[0]) ?? of(ast.args[1]);
    case "days_since": {
      const [date, today] = ast.args.map(of);
      return typeof date === "string" && typeof today === "string" ? dayNumber(today) - dayNumber(date) : null;
    }
    case "is_today": {
      const [date, today] = ast.args.map(of);
      if (typeof date !== "string" || typeof today !== "string") return false;
      return returning(ast.calendar, today, ast.within).has(keyOf(ast.calendar, date));
    }
    case "filled": {
      const list = of(ast.args[0]);
      return Array.isArray(list) && list.length > 0;
    }
    case "segment":
      return yes(ast.args[0]);
  }
}

function compareAll(op: ComparisonOp, values: Value[]): boolean {
  return values.every((right, i) => i === 0 || compare(op, values[i - 1]!, right));
}

function compare(op: ComparisonOp, left: Value, right: Value): boolean {
  if (left === null || right === null) return false;
  switch (op) {
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
  }
}

function calculate(op: ArithmeticOp, values: Value[]): number | null {
  const numbers = values.filter((each) => typeof each === "number");
  if (numbers.length < values.length) return null;
  const [first = 0, ...rest] = numbers;
  switch (op) {
    case "+":
      return rest.reduce((sum, each) => sum + each, first);
    case "-":
      return rest.length === 0 ? -first : first - rest[0]!;
    case "*":
      return rest.reduce((product, each) => product * each, first);
    case "/":
      return rest[0] === 0 ? null : first / rest[0]!;
    case "%":
      return rest[0] !== 0 && numbers.every(isCountable) ? first % rest[0]! : null;
    case "min":
      return Math.min(...numbers);
    case "max":
      return Math.max(...numbers);
  }
}

/** Whole, and exact in either form. */
function isCountable(number: number): boolean {
  return Number.isInteger(number) && Math.abs(number) <= LARGEST;
}

function choose(args: Ast[], of: (arg: Ast) => Value, yes: (arg: Ast) => boolean): Value {
  for (let i = 0; i + 1 < args.length; i += 2) {
    if (yes(args[i]!)) return of(args[i + 1]!);
  }
  return args.length % 2 === 1 ? of(args.at(-1)!) : null;
}

function isIn(needle: Value, hay: Value): boolean {
  if (needle === null || hay === null) return false;
  if (typeof hay === "string") return typeof needle === "string" && hay.includes(needle);
  return Array.isArray(hay) && (hay as unknown[]).includes(needle);
}

/** As in JSON Logic, an empty text counts as missing here. */
function missingOf(args: Extract<Ast, { op: "missing" }>["args"], of: (arg: Ast) => Value): string[] {
  return args
    .filter((arg) => {
      const found = of(arg);
      return found === null || found === "";
    })
    .map((arg) => arg.name);
}

function quantify(op: "some" | "all" | "none", list: Value, test: (item: string) => boolean): boolean {
  const elements = Array.isArray(list) ? list : [];
  switch (op) {
    case "some":
      return elements.some(test);
    case "all":
      return elements.length > 0 && elements.every(test);
    case "none":
      return !elements.some(test);
  }
}
