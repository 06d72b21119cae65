import type { Ast, Literal, Type } from "../ast.ts";
import { placeOf, type Syntax } from "../syntax/tree.ts";
import { isDay, toMinor } from "../value.ts";
import { type Context, report } from "./context.ts";

/** A literal takes the type that its place wants, where it can. */
export function checkLiteral(
  node: Extract<Syntax, { kind: "literal" }>,
  context: Context,
  wanted?: Type,
): Ast | undefined {
  const { value, pointer } = node;
  if (typeof value === "boolean") return { op: "literal", type: "boolean", value };
  if (typeof value === "number") {
    return wanted === "money" ? money(value, pointer, context) : { op: "literal", type: "number", value };
  }
  if (wanted !== "date") return { op: "literal", type: "string", value };
  if (isDay(value)) return { op: "literal", type: "date", value };
  return report(
    context,
    pointer,
    { en: `"${value}" is not a date`, "zh-CN": `"${value}" 不是日期` },
    { en: "such as 2026-04-01", "zh-CN": "例如 2026-04-01" },
  );
}

function money(major: number, pointer: string, context: Context): Literal | undefined {
  const value = toMinor(major, context.catalogue.exponent);
  if (value !== undefined) return { op: "literal", type: "money", value };
  const places = context.catalogue.exponent;
  return report(context, pointer, {
    en: `an amount has at most ${places} decimals`,
    "zh-CN": `金额最多 ${places} 位小数`,
  });
}

/** A written list: of texts, or (behind `in`) of numbers or amounts, as the needle wants. */
export function checkList(node: Extract<Syntax, { kind: "list" }>, context: Context, wanted?: Type): Ast | undefined {
  const numeric = wanted === "number" || wanted === "money";
  const values: (string | number)[] = [];
  for (const item of node.items) {
    const ast =
      item.kind === "literal"
        ? checkLiteral(item, context, numeric || wanted === "date" ? wanted : undefined)
        : undefined;
    if (ast?.op === "literal" && typeof ast.value === (numeric ? "number" : "string")) {
      values.push(ast.value as string | number);
    } else if (item.kind !== "wrong" && (item.kind !== "literal" || ast)) {
      const expected = numeric ? { en: "numbers", "zh-CN": "数值" } : { en: "texts", "zh-CN": "文本" };
      const message = {
        en: `a list of ${expected.en} was expected here`,
        "zh-CN": `此处列表应由${expected["zh-CN"]}组成`,
      };
      report(context, placeOf(item), message, {
        en: `a list holds only written ${expected.en}, such as ${numeric ? "[1, 2]" : '["a", "b"]'}`,
        "zh-CN": `列表中只能直接写${expected["zh-CN"]}，例如 ${numeric ? "[1, 2]" : '["a", "b"]'}`,
      });
    }
  }
  if (values.length < node.items.length) return undefined;
  return numeric
    ? { op: "literal", type: "numbers", value: values as number[] }
    : { op: "literal", type: "strings", value: values as string[] };
}
