import type { ArithmeticOp, Ast, Type } from "../ast.ts";
import { type Checker, allOf, checkAs, type Context, report, reportType, typeName, unquoted } from "./context.ts";
import type { Syntax } from "../syntax/tree.ts";
import { checkAlike } from "./unify.ts";

/** + - min max: all numbers or all amounts. */
export const checkSum: Checker = (call, context, wanted) => {
  const args = checkAlike(call.args, context, wanted === "money" ? "money" : "number");
  if (!args) return undefined;
  const type = args[0]!.type;
  if (type !== "number" && type !== "money") {
    const name = typeName(type);
    const message = {
      en: `"${call.op}" cannot be used with ${name.en}`,
      "zh-CN": `"${call.op}" 不能用于${name["zh-CN"]}`,
    };
    const hint = type === "string" ? { en: 'texts are joined with "cat"', "zh-CN": '文本请用 "cat" 连接' } : undefined;
    return report(context, call.pointer, message, call.args.map(unquoted).find((each) => each) ?? hint);
  }
  return bounded({ op: call.op as ArithmeticOp, type, args }, call.pointer, context);
};

/** number × number, or one amount × numbers. */
export const checkProduct: Checker = (call, context, wanted) => {
  const args = checkNumeric(call.args, context, wanted);
  if (!args) return undefined;
  const amounts = args.filter((arg) => arg.type === "money").length;
  if (amounts > 1) {
    return report(context, call.pointer, {
      en: "an amount cannot be multiplied by an amount",
      "zh-CN": "金额不能与金额相乘",
    });
  }
  return bounded({ op: "*", type: amounts === 1 ? "money" : "number", args }, call.pointer, context);
};

/** number ÷ number, amount ÷ number = amount, amount ÷ amount = number; by zero: missing. */
export const checkQuotient: Checker = (call, context, wanted) => {
  const args = checkNumeric(call.args, context, wanted);
  if (!args) return undefined;
  const [above, below] = args.map((arg) => arg.type);
  if (above === "number" && below === "money") {
    return report(context, call.pointer, {
      en: "a number cannot be divided by an amount",
      "zh-CN": "数值不能除以金额",
    });
  }
  return bounded(
    { op: "/", type: above === "money" && below === "number" ? "money" : "number", args },
    call.pointer,
    context,
  );
};

/** number % number: both whole, else missing. */
export const checkRemainder: Checker = (call, context) => {
  const args = allOf(call.args.map((arg) => checkAs(arg, context, ["number"])));
  return args && { op: "%", type: "number", args };
};

/** Where an amount is wanted and only literals stand here, the first of them is the amount: 100 × 3. */
function checkNumeric(nodes: Syntax[], context: Context, wanted?: Type): Ast[] | undefined {
  const literal = wanted === "money" && nodes.every((node) => node.kind === "literal");
  return allOf(
    nodes.map((node, i) => {
      if (literal && i === 0) return checkAs(node, context, ["money"]);
      const ast = context.check(node, context, "number");
      if (!ast || ast.type === "number" || ast.type === "money") return ast;
      return reportType(context, node, typeName("number"), ast, unquoted(node));
    }),
  );
}

/** No intermediate result may leave what a double holds, in either form: Postgres would refuse where we say Infinity. */
const WIDEST = 290;
const LEAF = 25;

function bounded(ast: Ast, pointer: string, context: Context): Ast | undefined {
  if (width(ast) <= WIDEST) return ast;
  return report(context, pointer, {
    en: "too many numbers are multiplied or divided with one another",
    "zh-CN": "连乘或连除的数值过多",
  });
}

/** Decimal exponent that neither the value nor its inverse can exceed. */
function width(ast: Ast): number {
  if (ast.op === "literal" || ast.op === "var" || ast.op === "item") return LEAF;
  const widths = ast.args.map(width);
  switch (ast.op) {
    case "*":
    case "/":
      return widths.reduce((sum, each) => sum + each, 0);
    case "+":
    case "-":
      // what is left when nearly equal numbers cancel out is smaller by the 16 digits of a double
      return Math.max(...widths) + 17;
    default:
      return Math.max(LEAF, ...widths);
  }
}
