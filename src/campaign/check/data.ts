import { error, type Fault, nearest, pointer } from "../../fault.ts";
import type { Scope } from "../../rule/variables/scope.ts";
import { templateScope } from "../compile/scope.ts";
import { type RawStep, record, stepsOf } from "../definition/journey.ts";
import type { Check } from "./check.ts";

/** The rest depends on the step that sends it, and is advice. */
const OWN = ["trigger", "params", "steps", "run"];

/** Templates only say what this campaign's messages will have: its trigger's fields, its parameters, its steps' results. */
export const data: Check = (definition, library) => {
  const scope = templateScope(definition, library);
  return [...stepsOf(definition.journey)].flatMap((step) =>
    templatesOf(step).flatMap(([at, name]) => {
      const uses = Object.hasOwn(library.templates, name) ? (library.templates[name]!.uses ?? []) : [];
      const told = new Set<string>();
      return uses.flatMap((use): Fault[] => {
        if (!OWN.includes(use.name.split(".")[0]!) || typeIn(scope, use.name) !== undefined || told.has(use.name))
          return [];
        told.add(use.name);
        const place = `${name}.${use.locale}.mjml`;
        const message = {
          en: `template "${name}" says ${use.name} (${place} line ${use.line}), which is not there in this campaign`,
          "zh-CN": `模板 "${name}" 使用了 ${use.name}（${place} 第 ${use.line} 行），本活动没有这项数据`,
        };
        return [error(at, message, hintFor(use.name, scope))];
      });
    }),
  );
};

/** Every template that a step names, with its place. */
function templatesOf({ kind, body, pointer: at }: RawStep): [at: string, name: string][] {
  return ["template", "reminder"].flatMap((key) => {
    const name = record(body)?.[key];
    return kind !== undefined && typeof name === "string" ? [[at + pointer(kind, key), name] as [string, string]] : [];
  });
}

/** The type of what a template says: its own name's, or that of the list or object that it goes into. Asking whether there is any is fine. */
export function typeIn(scope: Scope, name: string): Scope[string] | undefined {
  const parts = name.split(".");
  for (let length = parts.length; length > 1; length--) {
    const path = parts.slice(0, length).join(".");
    if (Object.hasOwn(scope, path)) return length === parts.length || scope[path] === "any" ? scope[path] : undefined;
    if (Object.hasOwn(scope, `${parts.slice(0, length - 1).join(".")}.*`)) return "any";
  }
  return Object.keys(scope).some((known) => known.startsWith(`${name}.`)) ? "any" : undefined;
}

function hintFor(name: string, scope: Scope) {
  const root = name.split(".")[0]!;
  const known = Object.keys(scope).filter((each) => each.startsWith(`${root}.`) && !each.endsWith("*"));
  if (known.length > 0) return nearest(name, known);
  if (root === "params") return { en: 'declare it in "params"', "zh-CN": '请在 "params" 中声明' };
  if (root !== "trigger") return undefined;
  return {
    en: "only a campaign with an event, segment or date trigger has it",
    "zh-CN": "仅由事件、人群或日期触发的活动才有",
  };
}
