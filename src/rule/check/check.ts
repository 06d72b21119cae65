import type { Ast, Type } from "../ast.ts";
import type { Operator } from "../syntax/operators.ts";
import type { Syntax } from "../syntax/tree.ts";
import { checkAggregate } from "./aggregate.ts";
import { checkProduct, checkQuotient, checkRemainder, checkSum } from "./arithmetic.ts";
import { checkComparison } from "./compare.ts";
import type { Checker, Context } from "./context.ts";
import { checkBucket, checkDaysSince, checkIsToday } from "./dates.ts";
import { checkEvents } from "./events.ts";
import { checkMissing, checkMissingSome, checkQuantifier } from "./lists.ts";
import { checkList, checkLiteral } from "./literal.ts";
import { checkIf, checkLogic } from "./logic.ts";
import { checkSegment } from "./segment.ts";
import { checkCat, checkIn } from "./text.ts";
import { checkVariable } from "./variable.ts";

const CHECKERS: Record<Operator, Checker> = {
  and: checkLogic,
  or: checkLogic,
  "!": checkLogic,
  "==": checkComparison,
  "!=": checkComparison,
  "<": checkComparison,
  "<=": checkComparison,
  ">": checkComparison,
  ">=": checkComparison,
  "+": checkSum,
  "-": checkSum,
  min: checkSum,
  max: checkSum,
  "*": checkProduct,
  "/": checkQuotient,
  "%": checkRemainder,
  if: checkIf,
  in: checkIn,
  cat: checkCat,
  missing: checkMissing,
  missing_some: checkMissingSome,
  some: checkQuantifier,
  all: checkQuantifier,
  none: checkQuantifier,
  var: checkVariable,
  segment: checkSegment,
  days_since: checkDaysSince,
  is_today: checkIsToday,
  bucket: checkBucket,
};

/** Tree to typed AST: names, types, literals in the units of what they stand beside. */
export function check(node: Syntax, context: Context, wanted?: Type): Ast | undefined {
  switch (node.kind) {
    case "wrong":
      return undefined;
    case "literal":
      return checkLiteral(node, context, wanted);
    case "list":
      return checkList(node, context, wanted);
    case "aggregate":
      return node.table === "orders" ? checkAggregate(node, context) : checkEvents(node, context);
    case "call":
      return CHECKERS[node.op](node, context, wanted);
  }
}
