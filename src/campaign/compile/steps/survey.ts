import type { StepDefinition } from "../../definition/step.ts";
import type { SurveyDefinition } from "../../definition/steps/survey.ts";
import { code, option } from "../../program.ts";
import type { Place } from "../place.ts";
import { mail } from "./send.ts";

/** Survey mails are service, not advertising: they ask about what the customer took part in. */
export function compileSurvey(
  { id, survey }: SurveyDefinition<StepDefinition[]>,
  { assembler, next, nested }: Place,
): void {
  const { questions, within, branches } = survey;
  const expire = assembler.ahead();
  const answered = branches.length > 0 ? assembler.ahead() : next;
  const on = { [code("met")]: answered };
  const step = { kind: "survey" as const, id, ...mail({ ...survey, kind: "service" }), questions, within };
  assembler.op(id, step, { next, on, within, expire });
  assembler.place(expire);
  assembler.op(`${id}/expire`, { kind: "expire", id, of: id, as: "timeout" }, { next, on });
  if (branches.length === 0) return;
  assembler.place(answered);
  const ways = branches.map(() => assembler.ahead());
  assembler.op(
    `${id}/branch`,
    { kind: "branch", id, cases: branches.map((branch) => branch.if) },
    { next, on: Object.fromEntries(ways.map((label, index) => [option(index), label])) },
  );
  for (const [index, { then }] of branches.entries()) assembler.alias(ways[index]!, nested(then, next));
}
