import { decideDate } from "../src/campaign/decide/date.ts";
import type { DateStep } from "../src/campaign/program.ts";
import { evaluate } from "../src/rule/evaluate.ts";
import type { Handler } from "./context.ts";
import { loadLookups } from "./lookup.ts";

export const date: Handler<DateStep> = async (context, step) => {
  const lookupOf = await loadLookups(context, [step.day]);
  return context.members.map((member) =>
    decideDate(step, evaluate(step.day, lookupOf(member.id)), member.calendar, context.at),
  );
};
