import { type Fault, error } from "../../fault.ts";
import type { Text } from "../text.ts";
import type { Ast, Type } from "../ast.ts";
import type { Catalogue } from "../catalogue.ts";
import { placeOf, type Syntax } from "../syntax/tree.ts";
import { TODAY } from "../variables/today.ts";

export type Call = Extract<Syntax, { kind: "call" }>;

/** Hands each operator's checker what it needs, so that none of them imports another. */
export interface Context {
  catalogue: Catalogue;
  faults: Fault[];
  /** how many lists we are inside of */
  level: number;
  /** those of them that a segment stands inside of, and whose elements it cannot see */
  outside: number;
  /** segments being inlined, outermost first */
  path: string[];
  /** how large they are together, counted over the whole rule */
  inlined: { parts: number };
  /**
   * Typed tree, or undefined when a fault was reported.
   * @param wanted type that a literal, or a variable of open type, takes here
   */
  check(node: Syntax, context: Context, wanted?: Type): Ast | undefined;
}

export type Checker = (call: Call, context: Context, wanted?: Type) => Ast | undefined;

const NAMES: Record<Type | "numbers", Text> = {
  boolean: { en: "yes/no", "zh-CN": "是/否" },
  number: { en: "a number", "zh-CN": "数值" },
  money: { en: "an amount of money", "zh-CN": "金额" },
  string: { en: "a text", "zh-CN": "文本" },
  date: { en: "a date", "zh-CN": "日期" },
  strings: { en: "a list of texts", "zh-CN": "文本列表" },
  numbers: { en: "a list of numbers", "zh-CN": "数值列表" },
};

export function typeName(type: Type | "numbers"): Text {
  return NAMES[type];
}

export function report(context: Context, pointer: string, message: Text, hint?: Text): undefined {
  context.faults.push(error(pointer, message, hint));
  return undefined;
}

export function reportType(context: Context, node: Syntax, expected: Text, found: Ast, hint?: Text): undefined {
  const actual = typeName(found.type);
  return report(
    context,
    placeOf(node),
    {
      en: `expected ${expected.en}, found ${actual.en}`,
      "zh-CN": `此处应为${expected["zh-CN"]}，实际为${actual["zh-CN"]}`,
    },
    hint,
  );
}

/** "5" where 5 is meant: the commonest slip, and easy to mend. */
export function unquoted(node: Syntax): Text | undefined {
  if (node.kind !== "literal" || typeof node.value !== "string" || node.value.trim() === "") return undefined;
  const number = Number(node.value);
  if (!Number.isFinite(number)) return undefined;
  return { en: `write ${number} without quotes`, "zh-CN": `请去掉引号，写作 ${number}` };
}

const EXPECTED: Partial<Record<Type, Text>> = {
  number: {
    en: 'a number, or a variable that is one, such as {"var": "orders.count"}',
    "zh-CN": '数值，或数值变量，例如 {"var": "orders.count"}',
  },
  strings: {
    en: 'a list of texts, such as {"var": "customer.traits.tags"}',
    "zh-CN": '文本列表，例如 {"var": "customer.traits.tags"}',
  },
  date: { en: 'a date, such as "2026-04-01"', "zh-CN": '日期，例如 "2026-04-01"' },
};

/** A tree that must be of one of the types. */
export function checkAs(node: Syntax, context: Context, types: Type[]): Ast | undefined {
  const ast = context.check(node, context, types[0]);
  if (!ast || types.some((type) => type === ast.type)) return ast;
  const numeric = types[0] === "number" || types[0] === "money";
  return reportType(
    context,
    node,
    typeName(types[0]!),
    ast,
    (numeric ? unquoted(node) : undefined) ?? EXPECTED[types[0]!],
  );
}

/** A condition: yes/no, or a list, which holds when it is not empty. */
export function checkCondition(node: Syntax, context: Context): Ast | undefined {
  const ast = context.check(node, context, "boolean");
  if (!ast || ast.type === "boolean") return ast;
  if (ast.type === "strings") return { op: "filled", type: "boolean", args: [ast] };
  const expected = { en: "a condition", "zh-CN": "条件" };
  const hint = { en: 'compare it, such as {">": [ …, 0 ]}', "zh-CN": '请加以比较，例如 {">": [ …, 0 ]}' };
  return reportType(context, node, expected, ast, hint);
}

/** An item or an event, asked by itself, has no day, no number and no orders of its own. */
export function hasCustomer(op: string, pointer: string, context: Context): boolean {
  if (context.catalogue.variable(TODAY.name)) return true;
  const message = { en: `"${op}" cannot be used in a filter`, "zh-CN": `筛选条件中不能使用 "${op}"` };
  report(context, pointer, message, { en: "ask it of the customer", "zh-CN": "请对客户使用" });
  return false;
}

/** The context of a filter: only the item or event is known there, and no list around the aggregate. */
export function filterContext(context: Context, catalogue: Catalogue): Context {
  return { ...context, catalogue, outside: context.level };
}

/** All of them, or nothing: each has reported its own faults. */
export function allOf<T>(items: (T | undefined)[]): T[] | undefined {
  return items.every((item) => item !== undefined) ? items : undefined;
}
