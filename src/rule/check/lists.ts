import type { ListOp, Var } from "../ast.ts";
import { allOf, type Call, type Checker, checkAs, checkCondition, type Context, report } from "./context.ts";
import { placeOf, type Syntax } from "../syntax/tree.ts";

/** some, all, none: a condition over the elements of a list of texts. */
export const checkQuantifier: Checker = (call, context) => {
  const [listNode, conditionNode] = call.args as [Syntax, Syntax];
  const list = checkAs(listNode, context, ["strings"]);
  const condition = checkCondition(conditionNode, { ...context, level: context.level + 1 });
  return list && condition && { op: call.op as ListOp, type: "boolean", level: context.level, args: [list, condition] };
};

/** The names of those that are missing. */
export const checkMissing: Checker = (call, context) => {
  const nodes = call.args.length === 1 && call.args[0]!.kind === "list" ? call.args[0]!.items : call.args;
  const args = checkNames(nodes, call, context);
  return args && { op: "missing", type: "strings", args };
};

/** Nothing when at least `need` are there, else the names of those that are missing. */
export const checkMissingSome: Checker = (call, context) => {
  const [need, names] = call.args as [Syntax, Syntax];
  const count =
    need.kind === "literal" && typeof need.value === "number" && Number.isInteger(need.value) ? need.value : undefined;
  if (count === undefined || names.kind !== "list") {
    return report(
      context,
      call.pointer,
      {
        en: '"missing_some" takes a whole number and a list of names',
        "zh-CN": '"missing_some" 需要一个整数和一个变量名列表',
      },
      {
        en: 'such as {"missing_some": [1, ["consent.email", "consent.sms"]]}',
        "zh-CN": '例如 {"missing_some": [1, ["consent.email", "consent.sms"]]}',
      },
    );
  }
  const args = checkNames(names.items, call, context);
  return args && { op: "missing_some", type: "strings", need: count, args };
};

function checkNames(nodes: Syntax[], call: Call, context: Context): Var[] | undefined {
  return allOf(
    nodes.map((node) => {
      if (node.kind === "wrong") return undefined;
      if (node.kind !== "literal" || typeof node.value !== "string") {
        return report(
          context,
          placeOf(node),
          { en: `"${call.op}" takes names of variables`, "zh-CN": `"${call.op}" 的参数应为变量名` },
          { en: 'write the name itself, not {"var": …}', "zh-CN": '直接写变量名，不要写 {"var": …}' },
        );
      }
      const ast = context.check(
        { kind: "call", op: "var", args: [node], pointer: node.pointer, place: node.pointer },
        context,
      );
      return ast?.op === "var" ? ast : undefined;
    }),
  );
}
