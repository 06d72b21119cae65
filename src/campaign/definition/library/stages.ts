import { z } from "zod";
import { complain, id, text } from "../leaf.ts";

const stage = z.strictObject({
  id,
  name: text,
  when: z.json().optional().meta({ description: "rule; only the last stage has none: it takes all others" }),
});

/** rules/stages.json */
export const stagesDefinition = z
  .strictObject({
    $schema: z.string().optional(),
    stages: z.array(stage).min(2).max(20).meta({ description: "a customer is in the first one whose rule holds" }),
  })
  .check((context) => {
    const { stages } = context.value;
    stages.forEach(({ id: own, when }, i) => {
      if (stages.findIndex((other) => other.id === own) < i) {
        const message = { en: `"${own}" is there twice`, "zh-CN": `"${own}" 重复` };
        complain(context, context.value, { message }, ["stages", i, "id"]);
      }
      if (when === undefined && i < stages.length - 1) {
        const message = {
          en: "takes everybody, so that no later stage is ever reached",
          "zh-CN": "会包含所有客户，后面的阶段永远不会用到",
        };
        const hint = { en: 'give it a rule: "when"', "zh-CN": '请写明规则："when"' };
        complain(context, context.value, { message, hint }, ["stages", i]);
      }
    });
  })
  .meta({ title: "Rekindle stages" });
