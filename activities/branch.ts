import { decideBranch } from "../src/campaign/decide/branch.ts";
import type { BranchStep } from "../src/campaign/program.ts";
import { holds } from "../src/rule/evaluate.ts";
import type { Handler } from "./context.ts";
import { loadLookups } from "./lookup.ts";

export const branch: Handler<BranchStep> = async (context, step) => {
  const lookupOf = await loadLookups(context, step.cases);
  return context.members.map((member) => {
    const lookup = lookupOf(member.id);
    return decideBranch(step.cases.map((rule) => () => holds(rule, lookup)));
  });
};
