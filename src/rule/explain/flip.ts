import { type Ast, type Value, type Variable, variablesOf } from "../ast.ts";
import { holds, type Lookup } from "../evaluate.ts";
import type { Text } from "../text.ts";
import { asValue } from "../value.ts";
import { ANY_TEXT, candidates } from "./candidates.ts";
import { show, type Wording, words } from "./words.ts";

/** One value that would have to be another. */
export interface Change {
  name: string;
  label: Text;
  is: Value;
  /** the nearest value that is enough */
  needed: Value;
  /** "173" */
  found: Text;
  /** "≥ 180", "yes" */
  shown: Text;
}

/** The smallest change that turns a rule's answer: "would match if days since the last order were ≥ 180; is 173". */
export interface Flip {
  changes: Change[];
  words: Text;
}

type Values = ReadonlyMap<string, Value>;
interface Way {
  values: Values;
  cost: number;
}

/** Ways that are followed up at each part: the first is nearly always the one. */
const KEPT = 4;

/** Undefined when no change of what is known of the customer would do: the rule always, or never, holds. */
export function smallestFlip(ast: Ast, lookup: Lookup, wording: Wording): Flip | undefined {
  const member = holds(ast, lookup);
  const turns = (values: Values) => holds(ast, altered(lookup, values)) !== member;
  const way = cheapest(ways(ast, !member, lookup)).find(({ values }) => turns(values));
  if (!way) return undefined;
  const variables = new Map(variablesOf(ast).map((variable) => [variable.name, variable]));
  const changes = [...way.values].map(([name, needed]) => {
    const beyond = (value: Value) => turns(new Map([...way.values, [name, value]]));
    return changeOf(variables.get(name)!, needed, lookup, beyond, wording);
  });
  return { changes, words: { en: sentence(changes, member, "en"), "zh-CN": sentence(changes, member, "zh-CN") } };
}

/** Ways to make a part answer as wanted, cheapest first; the empty way when it does already. */
function ways(ast: Ast, wanted: boolean, lookup: Lookup): Way[] {
  if (holds(ast, lookup) === wanted) return [{ values: new Map(), cost: 0 }];
  switch (ast.op) {
    case "!":
      return ways(ast.args[0]!, !wanted, lookup);
    case "segment":
      return ways(ast.args[0], wanted, lookup);
    case "and":
    case "or": {
      const each = ast.args.map((arg) => ways(arg, wanted, lookup));
      // all parts have to turn, or one is enough
      return (ast.op === "and") === wanted ? cheapest(each.reduce(combined)) : cheapest(each.flat());
    }
    case "if":
      if (ast.type === "boolean") return cheapest(waysThrough(ast.args, wanted, lookup));
      return cheapest(waysOfPart(ast, wanted, lookup));
    default:
      return cheapest(waysOfPart(ast, wanted, lookup));
  }
}

/** Through each branch of an `if`: the conditions before it must not hold, its own must, and its value be as wanted. */
function waysThrough(args: Ast[], wanted: boolean, lookup: Lookup): Way[] {
  const conditions = args.filter((_, i) => i % 2 === 0 && i + 1 < args.length);
  return [...conditions.keys(), conditions.length].flatMap((taken) => {
    const value = args[taken < conditions.length ? 2 * taken + 1 : 2 * taken];
    // without a last value an `if` is missing: no
    if (value === undefined && wanted) return [];
    const parts = conditions.slice(0, taken + 1).map((condition, i) => ways(condition, i === taken, lookup));
    return [...parts, ...(value === undefined ? [] : [ways(value, wanted, lookup)])].reduce(combined);
  });
}

function combined(left: Way[], right: Way[]): Way[] {
  return cheapest(
    left.flatMap((one) =>
      right.flatMap((other) => {
        const values = [...other.values];
        const clash = values.some(([name, value]) => one.values.has(name) && one.values.get(name) !== value);
        // one value for both parts: either may do, which the whole rule decides at the end
        const merged = [{ values: new Map([...one.values, ...values]), cost: one.cost + other.cost }];
        return clash
          ? [...merged, { values: new Map([...values, ...one.values]), cost: one.cost + other.cost }]
          : merged;
      }),
    ),
  );
}

function waysOfPart(part: Ast, wanted: boolean, lookup: Lookup): Way[] {
  const variables = variablesOf(part);
  const found: Way[] = variables.flatMap((variable) => waysOf(part, variable, wanted, lookup, new Map()));
  if (found.length > 0) return found;
  // two that must change together, such as a customer of whom neither side of a comparison is known
  return variables.flatMap((first) =>
    variables
      .filter((second) => second !== first)
      .flatMap((second) =>
        SAMPLES[first.type].flatMap((value) => waysOf(part, second, wanted, lookup, new Map([[first.name, value]]))),
      ),
  );
}

const SAMPLES: Record<Variable["type"], Value[]> = {
  boolean: [true, false],
  number: [0, 1],
  money: [0, 1],
  string: ["a", ""],
  date: ["2000-01-01"],
  strings: [["a"], []],
};

function waysOf(part: Ast, variable: Variable, wanted: boolean, lookup: Lookup, beside: Values): Way[] {
  const is = asValue(variable.type, lookup(variable.name));
  const flips = (value: Value) => holds(part, altered(lookup, new Map([...beside, [variable.name, value]]))) === wanted;
  const extra = [...beside].reduce((sum, [, value]) => sum + distance(null, value, variable), 0);
  const others = variablesOf(part)
    .filter(({ name }) => name !== variable.name)
    .map(({ name, type }) => asValue(type, beside.get(name) ?? lookup(name)));
  return candidates(part, variable, is, others, flips).map((value) => ({
    values: new Map([...beside, [variable.name, value]]),
    cost: extra + distance(is, value, variable),
  }));
}

/** Fewer changes before smaller ones; values that people can influence before the calendar, or a value's loss. */
function distance(is: Value, needed: Value, { source }: Variable): number {
  const odd = source.from === "today" || source.from === "bucket" ? 50 : 0;
  if (needed === null) return 120 + odd;
  if (typeof is === "number" && typeof needed === "number")
    return 100 + odd + 10 * (Math.abs(needed - is) / (1 + Math.abs(is) + Math.abs(needed)));
  return 110 + odd;
}

function cheapest(all: Way[]): Way[] {
  return all.toSorted((a, b) => a.cost - b.cost).slice(0, KEPT);
}

function altered(lookup: Lookup, values: Values): Lookup {
  return (name) => (values.has(name) ? values.get(name) : lookup(name));
}

const ANY: Text = { en: "any text", "zh-CN": "任意文本" };
const OTHER: Text = { en: "another text", "zh-CN": "其他文本" };

function changeOf(
  variable: Variable,
  needed: Value,
  lookup: Lookup,
  enough: (value: Value) => boolean,
  wording: Wording,
): Change {
  const is = asValue(variable.type, lookup(variable.name));
  const sign = typeof needed === "number" ? signOf(is, needed, enough) : "=";
  const shown = (locale: keyof Text) => {
    if ([needed].flat().includes(ANY_TEXT)) return (is === null ? ANY : OTHER)[locale];
    const value = show(needed, variable.type, locale, wording.exponent);
    return sign === "=" ? value : `${sign} ${value}`;
  };
  const label = (locale: keyof Text) => words({ op: "var", ...variable }, locale, wording);
  return {
    name: variable.name,
    label: { en: label("en"), "zh-CN": label("zh-CN") },
    is,
    needed,
    found: {
      en: show(is, variable.type, "en", wording.exponent),
      "zh-CN": show(is, variable.type, "zh-CN", wording.exponent),
    },
    shown: { en: shown("en"), "zh-CN": shown("zh-CN") },
  };
}

/** Whether more of the same would do as well; of what is missing only if less would not. */
function signOf(is: Value, needed: number, enough: (value: Value) => boolean): "=" | "≥" | "≤" {
  const [more, less] = [enough(needed + 1), enough(needed - 1)];
  const known = typeof is === "number";
  if (more && (known ? needed > is : !less)) return "≥";
  if (less && (known ? needed < is : !more)) return "≤";
  return "=";
}

function sentence(changes: Change[], member: boolean, locale: keyof Text): string {
  const zh = locale === "zh-CN";
  const parts = changes.map(({ label, shown, found }) => {
    const now = found[locale];
    return zh
      ? `${label[locale]}${/^[≥≤]/.test(shown[locale]) ? "" : "为"} ${shown[locale]}（现为 ${now}）`
      : `${label[locale]} were ${shown[locale]}; is ${now}`;
  });
  if (zh) return `若${parts.join("，且")}，则${member ? "不再符合" : "符合"}`;
  return `${member ? "would no longer" : "would"} match if ${parts.join(", and ")}`;
}
