import { decided } from "../src/campaign/decide/decision.ts";
import type { ExitStep } from "../src/campaign/program.ts";
import { endEnrolments } from "../src/store/enrolment.ts";
import type { Handler } from "./context.ts";

export const exit: Handler<ExitStep> = async ({ tx, members, time }, step) => {
  await endEnrolments(
    tx,
    members.map((member) => member.id),
    step.reason,
    time,
  );
  return members.map(() => decided("ended", undefined, [step.reason]));
};
