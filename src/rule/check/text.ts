import type { Ast, Type } from "../ast.ts";
import { allOf, type Checker, type Context, report, reportType } from "./context.ts";
import { placeOf, type Syntax } from "../syntax/tree.ts";

/** Texts and literals; numbers as variables are refused, because each form would write them its own way. */
export const checkCat: Checker = (call, context) => {
  const args = allOf(call.args.map((arg) => textOf(arg, context)));
  return args && { op: "cat", type: "string", args };
};

function textOf(node: Syntax, context: Context): Ast | undefined {
  if (node.kind === "literal") return { op: "literal", type: "string", value: String(node.value) };
  const ast = context.check(node, context, "string");
  if (!ast || ast.type === "string") return ast;
  return reportType(context, node, { en: "a text", "zh-CN": "文本" }, ast);
}

/** needle in text, in a list of texts, or in a written list of numbers. */
export const checkIn: Checker = (call, context) => {
  const [needleNode, hayNode] = call.args as [Syntax, Syntax];
  const needle = context.check(needleNode, context, hayNode.kind === "list" ? literalType(hayNode) : "string");
  const hay = context.check(hayNode, context, needle ? (needle.type as Type) : undefined);
  if (!needle || !hay) return undefined;
  const text = needle.type === "string" || needle.type === "date";
  const fits =
    (hay.type === "strings" && text) ||
    (hay.type === "string" && needle.type === "string") ||
    (hay.type === "numbers" && (needle.type === "number" || needle.type === "money"));
  if (fits) return { op: "in", type: "boolean", args: [needle, hay] };
  if (hay.type === "strings" || hay.type === "string") {
    return reportType(context, needleNode, { en: "a text", "zh-CN": "文本" }, needle);
  }
  return report(
    context,
    placeOf(hayNode),
    { en: '"in" looks in a text or a list', "zh-CN": '"in" 只能在文本或列表中查找' },
    {
      en: 'such as {"in": [{"var": "customer.owner"}, ["a", "b"]]}',
      "zh-CN": '例如 {"in": [{"var": "customer.owner"}, ["a", "b"]]}',
    },
  );
};

/** What a variable of open type before a written list is. */
function literalType(list: Extract<Syntax, { kind: "list" }>): Type {
  const first = list.items[0];
  return first?.kind === "literal" && typeof first.value === "number" ? "number" : "string";
}
