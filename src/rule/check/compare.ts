import type { ComparisonOp, Type } from "../ast.ts";
import { type Checker, report, typeName } from "./context.ts";
import { checkAlike } from "./unify.ts";

const EQUAL: (Type | "numbers")[] = ["boolean", "number", "money", "string", "date"];
const ORDERED: (Type | "numbers")[] = ["number", "money", "date"];

export const checkComparison: Checker = (call, context) => {
  const args = checkAlike(call.args, context);
  if (!args) return undefined;
  const op = call.op as ComparisonOp;
  const type = args[0]!.type;
  const allowed = op === "==" || op === "!=" ? EQUAL : ORDERED;
  if (allowed.includes(type)) return { op, type: "boolean", args };
  const name = typeName(type);
  const hint =
    type === "strings"
      ? { en: 'ask with "in" or "some"', "zh-CN": '请用 "in" 或 "some"' }
      : { en: 'texts are compared with "==" and "in"', "zh-CN": '文本请用 "==" 或 "in" 比较' };
  return report(
    context,
    call.pointer,
    { en: `"${op}" cannot compare ${name.en}`, "zh-CN": `"${op}" 不能用于${name["zh-CN"]}` },
    type === "boolean" ? undefined : hint,
  );
};
