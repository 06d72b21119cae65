import { type Ast, type ComparisonOp, type Var, variablesOf } from "../../rule/ast.ts";
import { evaluate } from "../../rule/evaluate.ts";
import type { Text } from "../program.ts";
import { type Range, rangeOf } from "./range.ts";

/** What is sure about a condition whoever it is asked of, and why. */
export interface Truth {
  holds: "always" | "never";
  why: Text;
}
type Known = ReadonlyMap<string, Range>;

/** Sees constants, values that a variable cannot have, and bounds that exclude each other; all else is undefined. */
export function truthOf(rule: Ast, steps: Known): Truth | undefined {
  if (rule.op !== "item" && variablesOf(rule).length === 0 && !hasItem(rule)) return constant(rule);
  switch (rule.op) {
    case "segment":
      return truthOf(rule.args[0], steps);
    case "!":
      return flip(truthOf(rule.args[0]!, steps));
    case "and":
      return all(rule.args, steps);
    case "or":
      return any(rule.args, steps);
    default:
      return ofBounds(rule, steps);
  }
}

function hasItem(rule: Ast): boolean {
  return rule.op === "item" || (rule.op !== "literal" && rule.op !== "var" && rule.args.some(hasItem));
}

function constant(rule: Ast): Truth {
  const holds = evaluate(rule, () => null) === true ? "always" : "never";
  return { holds, why: { en: "it asks of nothing that can change", "zh-CN": "其中没有任何会变化的内容" } };
}

function flip(truth: Truth | undefined): Truth | undefined {
  return truth && { ...truth, holds: truth.holds === "always" ? "never" : "always" };
}

function all(args: Ast[], steps: Known): Truth | undefined {
  const known = args.map((arg) => truthOf(arg, steps));
  const never = known.find((each) => each?.holds === "never");
  if (never) return never;
  if (known.every((each) => each?.holds === "always")) return known[0];
  return contradiction(args.flatMap(conjuncts), steps);
}

function any(args: Ast[], steps: Known): Truth | undefined {
  const known = args.map((arg) => truthOf(arg, steps));
  return (
    known.find((each) => each?.holds === "always") ??
    (known.every((each) => each?.holds === "never") ? known[0] : undefined)
  );
}

function conjuncts(rule: Ast): Ast[] {
  if (rule.op === "and") return rule.args.flatMap(conjuncts);
  return rule.op === "segment" ? conjuncts(rule.args[0]) : [rule];
}

/** Bounds of one variable that leave nothing. */
function contradiction(rules: Ast[], steps: Known): Truth | undefined {
  const left = new Map<string, Bound>();
  for (const { variable, bound } of rules.flatMap(boundsOf)) {
    const range = rangeOf(variable, steps);
    const before = left.get(variable.name) ?? (range ? { ...range } : { least: -Infinity, most: Infinity });
    const now = narrow(before, bound);
    if (isEmpty(now)) return exclusive(variable.name);
    left.set(variable.name, now);
  }
  return undefined;
}

function exclusive(name: string): Truth {
  return {
    holds: "never",
    why: {
      en: `what it asks of ${name} excludes itself`,
      "zh-CN": `其中对 ${name} 的要求互相矛盾`,
    },
  };
}

/** A single comparison against what its variable can be. */
function ofBounds(rule: Ast, steps: Known): Truth | undefined {
  const bounds = boundsOf(rule);
  if (bounds.length === 0) return undefined;
  const ranges = bounds.map(({ variable, bound }) => ({ variable, bound, range: rangeOf(variable, steps) }));
  for (const { variable, bound, range } of ranges) {
    if (range && isEmpty(narrow({ ...range }, bound))) return { holds: "never", why: told(variable.name, range) };
  }
  if (bounds.length > 1 && contradiction([rule], steps)) return exclusive(bounds[0]!.variable.name);
  const [first] = ranges;
  if (first?.range?.sure && ranges.every(({ bound, range }) => range && covers(bound, range)))
    return { holds: "always", why: told(first.variable.name, first.range) };
  return undefined;
}

function told(name: string, { least, most, texts }: Range): Text {
  if (texts) return { en: `${name} is only ever ${texts.join(", ")}`, "zh-CN": `${name} 只会是 ${texts.join("、")}` };
  return most === Infinity
    ? { en: `${name} is never below ${least}`, "zh-CN": `${name} 不会小于 ${least}` }
    : { en: `${name} is from ${least} to ${most}`, "zh-CN": `${name} 只会在 ${least} 到 ${most} 之间` };
}

interface Bound {
  least: number;
  most: number;
  /** the ends themselves are left out */
  above?: boolean;
  below?: boolean;
  texts?: readonly string[];
}

const MIRROR: Partial<Record<ComparisonOp, ComparisonOp>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==" };

/** `var < 5`, `5 > var`, `2 <= var <= 9`, `var in [a, b]` as bounds; nothing for all else. */
function boundsOf(rule: Ast): { variable: Var; bound: Bound }[] {
  if (rule.op === "in") {
    const [needle, hay] = rule.args;
    if (needle.op !== "var" || hay.op !== "literal" || hay.type !== "strings") return [];
    return [{ variable: needle, bound: { least: -Infinity, most: Infinity, texts: hay.value as string[] } }];
  }
  if (!(rule.op in MIRROR) || rule.op === "literal" || rule.op === "item" || rule.op === "var") return [];
  const op = rule.op as ComparisonOp;
  return rule.args.slice(1).flatMap((right, index) => {
    const left = rule.args[index]!;
    if (left.op === "var" && right.op === "literal") return bounded(left, op, right.value);
    if (left.op === "literal" && right.op === "var") return bounded(right, MIRROR[op]!, left.value);
    return [];
  });
}

function bounded(variable: Var, op: ComparisonOp, value: unknown): { variable: Var; bound: Bound }[] {
  if (typeof value === "string" && op === "==" && variable.type === "string")
    return [{ variable, bound: { least: -Infinity, most: Infinity, texts: [value] } }];
  if (typeof value !== "number") return [];
  const bound: Bound = { least: -Infinity, most: Infinity };
  if (op === "==" || op === ">" || op === ">=") bound.least = value;
  if (op === "==" || op === "<" || op === "<=") bound.most = value;
  if (op === ">") bound.above = true;
  if (op === "<") bound.below = true;
  return [{ variable, bound }];
}

function narrow(a: Bound, b: Bound): Bound {
  const texts = a.texts && b.texts ? a.texts.filter((each) => b.texts!.includes(each)) : (a.texts ?? b.texts);
  const least = Math.max(a.least, b.least);
  const most = Math.min(a.most, b.most);
  return {
    least,
    most,
    above: (a.above === true && a.least === least) || (b.above === true && b.least === least),
    below: (a.below === true && a.most === most) || (b.below === true && b.most === most),
    ...(texts && { texts }),
  };
}

function isEmpty({ least, most, above, below, texts }: Bound): boolean {
  return texts?.length === 0 || least > most || (least === most && (above === true || below === true));
}

function covers(bound: Bound, range: Range): boolean {
  if (bound.texts) return range.texts !== undefined && range.texts.every((each) => bound.texts!.includes(each));
  const fromBelow = bound.least < range.least || (bound.least === range.least && !bound.above);
  return fromBelow && (bound.most > range.most || (bound.most === range.most && !bound.below));
}
