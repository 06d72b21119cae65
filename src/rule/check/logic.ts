import type { LogicOp } from "../ast.ts";
import { allOf, type Checker, checkCondition } from "./context.ts";
import { checkAlike } from "./unify.ts";

/** and, or, ! */
export const checkLogic: Checker = (call, context) => {
  const args = allOf(call.args.map((arg) => checkCondition(arg, context)));
  return args && { op: call.op as LogicOp, type: "boolean", args };
};

/** Conditions at even places, values at odd ones, an else at the end. */
export const checkIf: Checker = (call, context, wanted) => {
  const isValue = (i: number) => i % 2 === 1 || i === call.args.length - 1;
  const conditions = call.args.map((arg, i) => (isValue(i) ? undefined : checkCondition(arg, context)));
  const nodes = call.args.filter((_, i) => isValue(i));
  const values =
    wanted === "boolean"
      ? allOf(nodes.map((node) => checkCondition(node, context)))
      : checkAlike(nodes, context, wanted);
  if (!values || conditions.some((condition, i) => !isValue(i) && !condition)) return undefined;
  const type = values[0]!.type;
  if (type === "numbers") return undefined;
  const rest = [...values];
  const args = call.args.map((_, i) => (isValue(i) ? rest.shift()! : conditions[i]!));
  return { op: "if", type, args };
};
