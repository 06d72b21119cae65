import { z } from "zod";
import { audienceDefinition } from "./audience.ts";
import { budgetDefinition } from "./budget.ts";
import { goalDefinition } from "./goal.ts";
import { id, text, timezone } from "./leaf.ts";
import type { Names } from "./names.ts";
import { paramsDefinition } from "./params.ts";
import { contactDefinition } from "./library/policy.ts";
import { phases, planDefinition } from "./plan.ts";
import { journeyDefinition } from "./step.ts";
import { triggerDefinition } from "./trigger.ts";

/** The whole file of a campaign. Names and rules are resolved while it is read, so what comes out is complete. */
export function campaignDefinition(names: Names) {
  return z
    .strictObject({
      $schema: z.string().optional(),
      id,
      name: text,
      why: text.optional().meta({ description: "what it is for, in a sentence" }),
      timezone: timezone.optional().meta({ description: "IANA zone of launch and phases; the home's by default" }),
      trigger: triggerDefinition(names).default({ manual: true }),
      params: paramsDefinition(names),
      audience: audienceDefinition(names).prefault({}),
      policy: contactDefinition.optional().meta({ description: "stricter than rules/policy.json, for this campaign" }),
      phases,
      plan: planDefinition(names),
      goal: goalDefinition(names).prefault({}),
      budget: budgetDefinition(names).optional(),
      journey: journeyDefinition(names),
    })
    .meta({ title: "Rekindle campaign" });
}
export type CampaignDefinition = z.infer<ReturnType<typeof campaignDefinition>>;
