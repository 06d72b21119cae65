import { decideSplit, splitVariable } from "../src/campaign/decide/split.ts";
import type { SplitStep } from "../src/campaign/program.ts";
import { loadFacts } from "../src/store/facts.ts";
import type { Handler } from "./context.ts";

export const split: Handler<SplitStep> = async ({ tx, members, program, time }, step) => {
  const variable = splitVariable(program.campaign, step.id);
  const facts = await loadFacts(tx, {
    customers: [...new Set(members.map((member) => member.customer))],
    variables: [variable],
    asOf: time,
    homeZone: program.timezone,
  });
  return members.map((member) => decideSplit(step, facts.get(member.customer)![variable.name] as number));
};
