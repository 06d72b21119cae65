import type { Fault } from "../fault.ts";
import type { Ast, Type } from "./ast.ts";
import type { Catalogue } from "./catalogue.ts";
import { check } from "./check/check.ts";
import { checkAs, checkCondition, type Context } from "./check/context.ts";
import { readSyntax } from "./syntax/read.ts";

export interface ParseOptions {
  /** where the rule stands in its file */
  pointer: string;
  catalogue: Catalogue;
  /** number takes amounts too; boolean when left out */
  expect?: "boolean" | "number" | "any" | Type[];
  /** id of the segment whose rule this is, so that a circle through it is seen */
  segment?: string;
}

/** JSON to a rule. All faults are found at once; there is a rule when none of them is an error. */
export function parseRule(json: unknown, options: ParseOptions): { rule?: Ast; faults: Fault[] } {
  const faults: Fault[] = [];
  const path = options.segment === undefined ? [] : [options.segment];
  const context: Context = {
    catalogue: options.catalogue,
    faults,
    level: 0,
    outside: 0,
    path,
    inlined: { parts: 0 },
    check,
  };
  const tree = readSyntax(json, options.pointer, faults);
  const rule =
    options.expect === "any"
      ? check(tree, context)
      : options.expect === "number"
        ? checkAs(tree, context, ["number", "money"])
        : Array.isArray(options.expect)
          ? checkAs(tree, context, options.expect)
          : checkCondition(tree, context);
  const sound = rule && !faults.some((fault) => fault.severity === "error");
  return { faults, ...(sound && { rule }) };
}
