import type { Ast, Calendar, Var } from "../ast.ts";
import { TODAY } from "../variables/today.ts";
import { placeOf, type Syntax } from "../syntax/tree.ts";
import { type Call, type Checker, checkAs, type Context, hasCustomer, report } from "./context.ts";

/** How far ahead `is_today` may look. */
const FURTHEST = 31;
const MOST_BUCKETS = 10_000;

/** `{ "days_since": [date] }` */
export const checkDaysSince: Checker = (call, context) => {
  const date = checkDate(call, context);
  return date && { op: "days_since", type: "number", args: [date, today()] };
};

/** `{ "is_today": [date, "solar" | "lunar", days ahead] }` */
export const checkIsToday: Checker = (call, context) => {
  const [, calendarNode, withinNode] = call.args;
  const date = checkDate(call, context);
  const calendar = calendarNode === undefined ? "solar" : checkCalendar(calendarNode, context);
  const within = withinNode === undefined ? 0 : wholeNumber(withinNode, 0, FURTHEST, context);
  if (!date || calendar === undefined || within === undefined) return undefined;
  return { op: "is_today", type: "boolean", calendar, within, args: [date, today()] };
};

/** `{ "bucket": ["salt", 100] }` */
export const checkBucket: Checker = (call, context) => {
  const [saltNode, ofNode] = call.args as [Syntax, Syntax];
  const of = wholeNumber(ofNode, 2, MOST_BUCKETS, context);
  if (saltNode.kind === "wrong" || !hasCustomer(call.op, call.pointer, context)) return undefined;
  if (saltNode.kind !== "literal" || typeof saltNode.value !== "string" || saltNode.value === "") {
    return report(
      context,
      call.pointer,
      { en: '"bucket" takes a name and the number of buckets', "zh-CN": '"bucket" 需要一个名称和桶数' },
      { en: 'such as {"bucket": ["spring-test", 100]}', "zh-CN": '例如 {"bucket": ["spring-test", 100]}' },
    );
  }
  if (of === undefined) return undefined;
  const salt = saltNode.value;
  return {
    op: "var",
    name: `bucket ${JSON.stringify([salt, of])}`,
    type: "number",
    source: { from: "bucket", salt, of },
  };
};

function today(): Var {
  return { op: "var", ...TODAY };
}

function checkDate(call: Call, context: Context): Ast | undefined {
  return hasCustomer(call.op, call.pointer, context) ? checkAs(call.args[0]!, context, ["date"]) : undefined;
}

function checkCalendar(node: Syntax, context: Context): Calendar | undefined {
  if (node.kind === "wrong") return undefined;
  if (node.kind === "literal" && (node.value === "solar" || node.value === "lunar")) return node.value;
  return report(context, placeOf(node), {
    en: '"solar" or "lunar" was expected',
    "zh-CN": '此处应为 "solar"（公历）或 "lunar"（农历）',
  });
}

function wholeNumber(node: Syntax, least: number, most: number, context: Context): number | undefined {
  if (node.kind === "wrong") return undefined;
  const value = node.kind === "literal" ? node.value : undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  return report(context, placeOf(node), {
    en: `a whole number from ${least} to ${most} was expected`,
    "zh-CN": `此处应为 ${least} 至 ${most} 的整数`,
  });
}
