import { z } from "zod";
import type { Rule } from "../../program.ts";
import { checkValueNames, complain, id } from "../leaf.ts";
import type { Names } from "../names.ts";

export interface SetDefinition {
  id: string;
  set: { values: Record<string, Rule>; traits: Record<string, Rule> };
}

const MOST_VALUES = 30;

export function setDefinition(names: Names) {
  const value = names.rule("steps", "any").check((context) => {
    if ((context.value?.type as string | undefined) !== "numbers") return;
    const message = { en: "a list of numbers cannot be kept", "zh-CN": "不能保存数值列表" };
    complain(context, context.value, { message });
  });
  const values = z.record(z.string(), value).check(checkValueNames);
  return z
    .strictObject({
      id,
      set: z
        .strictObject({
          values: values
            .default({})
            .meta({ description: "kept as steps.<this step>.<name>; each a literal or a rule" }),
          traits: traitsOf(names).default({}).meta({ description: "traits of the customer, of rules/traits.json" }),
        })
        .check((context) => {
          const count = Object.keys(context.value.values).length + Object.keys(context.value.traits).length;
          // what was refused already is something, too
          if ((count >= 1 && count <= MOST_VALUES) || context.issues.length > 0) return;
          const message =
            count === 0
              ? { en: "sets nothing", "zh-CN": "没有设置任何值" }
              : { en: `sets more than ${MOST_VALUES} values`, "zh-CN": `设置的值超过 ${MOST_VALUES} 个` };
          complain(context, context.value, { message });
        }),
    })
    .meta({ description: "keeps values for later steps, and writes traits of the customer" });
}

/** Each trait takes a value of its own type; a schema without a home's traits takes any name. */
function traitsOf(names: Names): z.ZodType<Record<string, Rule>> {
  const known = Object.entries(names.traits);
  if (known.length === 0) return z.record(z.string(), names.rule("steps", "any"));
  const fields = known.map(([name, type]) => [name, names.rule("steps", [type]).optional()] as const);
  return z.strictObject(Object.fromEntries(fields)).transform(
    // what is left out is not set
    (written) =>
      Object.fromEntries(Object.entries(written).filter(([, rule]) => rule !== undefined)) as Record<string, Rule>,
  );
}
