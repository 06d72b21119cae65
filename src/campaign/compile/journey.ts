import type { StepDefinition } from "../definition/step.ts";
import { Assembler, type Label } from "./assembler.ts";
import type { Place } from "./place.ts";
import { compileBranch } from "./steps/branch.ts";
import { compileChallenge } from "./steps/challenge.ts";
import { compileComplaint } from "./steps/complaint.ts";
import { compileCoupon } from "./steps/coupon.ts";
import { compileExit } from "./steps/exit.ts";
import { compileGift } from "./steps/gift.ts";
import { compileParallel } from "./steps/parallel.ts";
import { compilePoints } from "./steps/points.ts";
import { compileRepeat } from "./steps/repeat.ts";
import { compileRsvp } from "./steps/rsvp.ts";
import { compileSend } from "./steps/send.ts";
import { compileSet } from "./steps/set.ts";
import { compileSplit } from "./steps/split.ts";
import { compileSurvey } from "./steps/survey.ts";
import { compileTask } from "./steps/task.ts";
import { compileWaitFor } from "./steps/wait-for.ts";
import { compileWebhook } from "./steps/webhook.ts";
import { compileWait } from "./steps/wait.ts";

/** @returns the assembled journey and the label of each root step; the first instruction is where members start */
export function compileJourney(
  journey: readonly StepDefinition[],
  phases: readonly string[],
): { assembler: Assembler; roots: Label[] } {
  const assembler = new Assembler();
  const roots = journey.map(() => assembler.ahead());
  const end = assembler.ahead();
  for (const [index, step] of journey.entries()) {
    assembler.root = index;
    assembler.place(roots[index]!);
    compileStep(step, { assembler, next: roots[index + 1] ?? end, nested }, phases);
  }
  assembler.place(end);
  assembler.end();
  return { assembler, roots };

  function nested(steps: readonly StepDefinition[], next: Label): Label {
    if (steps.length === 0) return next;
    const labels = steps.map(() => assembler.ahead());
    for (const [index, step] of steps.entries()) {
      assembler.place(labels[index]!);
      compileStep(step, { assembler, next: labels[index + 1] ?? next, nested }, phases);
    }
    return labels[0]!;
  }
}

function compileStep(step: StepDefinition, place: Place, phases: readonly string[]): void {
  place.assembler.within(step.id, () => compileKind(step, place, phases));
}

function compileKind(step: StepDefinition, place: Place, phases: readonly string[]): void {
  if ("send" in step) compileSend(step, place);
  else if ("wait" in step) compileWait(step, { ...place, phases });
  else if ("waitFor" in step) compileWaitFor(step, place);
  else if ("branch" in step) compileBranch(step, place);
  else if ("split" in step) compileSplit(step, place);
  else if ("repeat" in step) compileRepeat(step, place);
  else if ("parallel" in step) compileParallel(step, place);
  else if ("challenge" in step) compileChallenge(step, place);
  else if ("task" in step) compileTask(step, place);
  else if ("survey" in step) compileSurvey(step, place);
  else if ("rsvp" in step) compileRsvp(step, place);
  else if ("coupon" in step) compileCoupon(step, place);
  else if ("gift" in step) compileGift(step, place);
  else if ("points" in step) compilePoints(step, place);
  else if ("webhook" in step) compileWebhook(step, place);
  else if ("complaint" in step) compileComplaint(step, place);
  else if ("set" in step) compileSet(step, place);
  else if ("exit" in step) compileExit(step, place);
  else step satisfies never;
}
