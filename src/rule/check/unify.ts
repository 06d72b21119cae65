import type { Ast, Type } from "../ast.ts";
import { placeOf, type Syntax } from "../syntax/tree.ts";
import type { Text } from "../text.ts";
import { type Context, report, typeName, unquoted } from "./context.ts";

/** How much a node's type is its own: variables decide, literals follow, variables of open type follow even those. */
const CONCRETE = 0;
const LITERAL = 1;
const OPEN = 2;
const TRANSPARENT = new Set(["+", "-", "*", "/", "min", "max"]);

function rank(node: Syntax, context: Context): number {
  if (node.kind === "literal") return LITERAL;
  if (node.kind !== "call") return CONCRETE;
  if (node.op === "var") {
    const name = node.args[0];
    const known = name?.kind === "literal" && context.catalogue.variable(String(name.value));
    return known && known.type === "any" ? OPEN : CONCRETE;
  }
  if (node.op === "if") {
    const values = node.args.filter((_, i) => i % 2 === 1 || i === node.args.length - 1);
    return Math.min(...values.map((value) => rank(value, context)));
  }
  if (!TRANSPARENT.has(node.op)) return CONCRETE;
  return Math.min(...node.args.map((arg) => rank(arg, context)));
}

/** Checks nodes that must all be of one type; the most certain one says which. */
export function checkAlike(nodes: Syntax[], context: Context, wanted?: Type): Ast[] | undefined {
  const order = nodes.map((node, i) => ({ node, i, rank: rank(node, context) })).toSorted((a, b) => a.rank - b.rank);
  const asts: Ast[] = [];
  let type = wanted;
  let decided: { ast: Ast; i: number } | undefined;
  let sound = true;
  for (const { node, i, rank: own } of order) {
    const ast = context.check(node, context, own === CONCRETE ? undefined : type);
    if (!ast) sound = false;
    else if (!decided) {
      decided = { ast, i };
      if (ast.type !== "numbers") type = ast.type;
      asts[i] = ast;
    } else if (ast.type !== decided.ast.type) {
      sound = false;
      reportUnlike(context, nodes, { ast, i }, decided);
    } else asts[i] = ast;
  }
  return sound ? asts : undefined;
}

/** A variable's name that stands there as a text. */
function asVariable(node: Syntax, context: Context): Text | undefined {
  if (node.kind !== "literal" || typeof node.value !== "string" || !context.catalogue.variable(node.value))
    return undefined;
  return { en: `write {"var": "${node.value}"}`, "zh-CN": `请写成 {"var": "${node.value}"}` };
}

function reportUnlike(
  context: Context,
  nodes: Syntax[],
  one: { ast: Ast; i: number },
  other: { ast: Ast; i: number },
): void {
  const [found, expected] = [typeName(one.ast.type), typeName(other.ast.type)];
  const node = nodes[one.i]!;
  const numeric = [one, other].find(({ ast }) => ast.type === "number" || ast.type === "money");
  const text = numeric && [one, other].find(({ ast }) => ast.type === "string");
  const meant = text && (unquoted(nodes[text.i]!) ?? asVariable(nodes[text.i]!, context));
  const instead = meant ?? {
    en: "both sides must be of one type; see: rekindle rules vars",
    "zh-CN": "两侧类型必须相同；请查看：rekindle rules vars",
  };
  report(
    context,
    placeOf(node),
    {
      en: `expected ${expected.en} as beside it, found ${found.en}`,
      "zh-CN": `此处应与另一侧同为${expected["zh-CN"]}，实际为${found["zh-CN"]}`,
    },
    instead,
  );
}
