import { type Fault, pointer, warning } from "../../fault.ts";
import { record } from "../definition/journey.ts";
import type { Rule, Text } from "../program.ts";
import type { Advice } from "./advice.ts";
import { foundBySteps } from "./found.ts";
import { type Truth, truthOf } from "./truth.ts";

/** What it means that a rule under this key always holds, or never. Keys that are not here hold no conditions. */
const MEANING: Record<string, Record<Truth["holds"], Text>> = {
  if: {
    always: { en: "always holds, so no other way is ever taken", "zh-CN": "恒成立，其他分支永远不会执行" },
    never: { en: "never holds, so these steps are never taken", "zh-CN": "永不成立，这些步骤永远不会执行" },
  },
  where: {
    always: { en: "fits every event: leave it out", "zh-CN": "对所有事件都成立，可以去掉" },
    never: { en: "fits no event, so it is waited for in vain", "zh-CN": "没有事件能满足，永远等不到" },
  },
  until: {
    always: { en: "always holds, so not even the first pass begins", "zh-CN": "恒成立，一轮也不会开始" },
    never: { en: "never holds: leave it out", "zh-CN": "永不成立，可以去掉" },
  },
  exitWhen: {
    always: { en: "always holds, so nobody enters", "zh-CN": "恒成立，没有人能进入" },
    never: { en: "never holds: leave it out", "zh-CN": "永不成立，可以去掉" },
  },
};

/** Conditions that are settled before anybody is asked: dead branches, waits in vain, segments of nobody. */
export const rules: Advice = ({ definition, program, rules: known, way }) => {
  const steps = foundBySteps(way.steps);
  const faults: Fault[] = [];
  look(definition, "");
  const nobody = truthOf(program.audience.rule, steps);
  if (nobody?.holds === "never") {
    const message = { en: "nobody can be in the audience", "zh-CN": "没有人能进入该人群" };
    faults.push(warning("/audience", say(message, nobody.why)));
  }
  return faults;

  /** @param otherwise the last of several ways, which may well be taken by all who are left */
  function look(value: unknown, at: string, otherwise = false): void {
    if (Array.isArray(value)) {
      const last = value.length > 1 ? value.length - 1 : undefined;
      return value.forEach((each, index) => look(each, at + pointer(index), index === last));
    }
    for (const [key, inner] of Object.entries(record(value) ?? {})) {
      const meaning = Object.hasOwn(MEANING, key) ? MEANING[key] : undefined;
      const rule = meaning && ruleOf(inner, known);
      if (!rule) {
        look(inner, at + pointer(key));
        continue;
      }
      const truth = truthOf(rule, steps);
      if (truth && !(otherwise && truth.holds === "always"))
        faults.push(warning(at + pointer(key), say(meaning[truth.holds], truth.why)));
    }
  }
};

function ruleOf(written: unknown, known: ReadonlyMap<unknown, Rule>): Rule | undefined {
  return typeof written === "boolean" ? { op: "literal", type: "boolean", value: written } : known.get(written);
}

function say(what: Text, why: Text): Text {
  return { en: `${what.en} (${why.en})`, "zh-CN": `${what["zh-CN"]}（${why["zh-CN"]}）` };
}
