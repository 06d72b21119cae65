import { variablesOf } from "../../rule/ast.ts";
import { type Fault, pointer, warning } from "../../fault.ts";
import { list, record } from "../definition/journey.ts";
import type { Rule } from "../program.ts";
import type { Advice } from "./advice.ts";
import type { Passed } from "./way.ts";

/** Keys under which a step asks by rule, and whether it then knows what it found itself. */
const ASKING = ["if", "where", "until"];

/** Rules and templates that speak of a step which nobody can have passed yet: its results are missing, whoever it is. */
export const unknownYet: Advice = ({ rules, library, way }) => {
  const ids = new Set(way.steps.map(({ id }) => id));
  return way.steps.flatMap((step) => [...inRules(step), ...inTemplates(step)]);

  function inRules(step: Passed): Fault[] {
    const asked: [unknown, string][] = ASKING.map((key) => [step.body[key], pointer(step.kind, key)]);
    if (step.kind === "survey")
      for (const [index, branch] of list(step.body.branches).entries())
        asked.push([record(branch)?.if, pointer(step.kind, "branches", index, "if")]);
    return asked.flatMap(([written, place]) => {
      const rule: Rule | undefined = rules.get(written);
      const missing =
        rule &&
        variablesOf(rule)
          .map(({ name }) => name)
          .find((name) => isAhead(name, step));
      return missing === undefined ? [] : [ahead(step.pointer + place, missing)];
    });
  }

  function inTemplates(step: Passed): Fault[] {
    return ["template", "reminder"].flatMap((key) => {
      const name = step.body[key];
      const uses = typeof name === "string" ? (library.templates[name]?.uses ?? []) : [];
      const use = uses.find((each) => isAhead(each.name, step));
      return use ? [ahead(step.pointer + pointer(step.kind, key), use.name)] : [];
    });
  }

  function isAhead(name: string, { id, kind, body, behind }: Passed): boolean {
    const [root, of] = name.split(".");
    if (root !== "steps" || of === undefined || !ids.has(of) || behind.has(of)) return false;
    // a repeat asks before each pass, so it knows of the pass before
    return (
      !(of === id && kind === "survey") && !(kind === "repeat" && JSON.stringify(body.steps).includes(`"id":"${of}"`))
    );
  }
};

function ahead(at: string, name: string): Fault {
  const step = name.split(".")[1]!;
  return warning(at, {
    en: `asks for ${name}, but nobody has passed "${step}" when they get here: it is always missing`,
    "zh-CN": `这里用到 ${name}，但此时没有人经过 "${step}"：其值始终缺失`,
  });
}
