import { type Ast, type Value, variablesOf } from "./ast.ts";
import { type Lookup, value } from "./evaluate.ts";
import { head, show, type Wording, words } from "./explain/words.ts";
import { asValue } from "./value.ts";
import type { Text } from "./text.ts";

/** A rule as a tree, with what was found for one customer and what each part answered. */
export interface Explained {
  op: Ast["op"];
  holds: boolean;
  words: Text;
  /** values of the variables of this part, for parts that are not divided further */
  found: { name: string; label: Text; value: Value; shown: Text }[];
  parts: Explained[];
}

/** Parts that are shown one below the other; all else is one line. */
const DIVIDED = new Set<Ast["op"]>(["and", "or", "!", "segment"]);

export function explain(ast: Ast, lookup: Lookup, wording: Wording): Explained {
  const divided = DIVIDED.has(ast.op) && "args" in ast;
  // a segment shows its rule's parts, not "all of these" below its name
  const inner = ast.op === "segment" && ast.args[0].op === "and" ? ast.args[0].args : divided ? ast.args : [];
  return {
    op: ast.op,
    holds: value(ast, lookup, []) === true,
    words: both((locale) => (divided ? head : words)(ast, locale, wording)),
    found: divided ? [] : foundIn(ast, lookup, wording),
    parts: inner.map((part) => explain(part, lookup, wording)),
  };
}

function foundIn(ast: Ast, lookup: Lookup, wording: Wording): Explained["found"] {
  return variablesOf(ast).map((variable) => {
    const found = asValue(variable.type, lookup(variable.name));
    return {
      name: variable.name,
      label: both((locale) => words({ op: "var", ...variable }, locale, wording)),
      value: found,
      shown: both((locale) => show(found, variable.type, locale, wording.exponent)),
    };
  });
}

/** One line per part: "✗ days since the last order ≥ 180 (is 173)". */
export function sentences(explained: Explained, locale: keyof Text, depth = 0): string[] {
  const { holds, found, parts } = explained;
  const mark = holds ? "✓" : "✗";
  const values = found.map(({ label, shown }) =>
    found.length === 1 ? shown[locale] : `${label[locale]} = ${shown[locale]}`,
  );
  const is =
    values.length === 0 ? "" : locale === "zh-CN" ? `（实际：${values.join("，")}）` : ` (is ${values.join(", ")})`;
  const line = `${"  ".repeat(depth)}${mark} ${explained.words[locale]}${is}`;
  return [line, ...parts.flatMap((part) => sentences(part, locale, depth + 1))];
}

/** The single parts that keep the whole from holding; empty when it holds. */
export function obstacles(explained: Explained): Explained[] {
  if (explained.holds) return [];
  if (explained.op === "!" || explained.parts.length === 0) return [explained];
  return explained.parts.flatMap(obstacles);
}

function both(write: (locale: keyof Text) => string): Text {
  return { en: write("en"), "zh-CN": write("zh-CN") };
}
