import { firstChallengeDay } from "../src/campaign/decide/challenge.ts";
import { decided } from "../src/campaign/decide/decision.ts";
import type { CloseChallengeStep, OpenChallengeStep } from "../src/campaign/program.ts";
import { closeChallenges, openChallenges } from "../src/store/challenge.ts";
import type { Handler } from "./context.ts";

export const challengeOpen: Handler<OpenChallengeStep> = async ({ tx, members, at }, step) => {
  const days = members.map((member) => firstChallengeDay(member.calendar, at, step.at));
  await openChallenges(
    tx,
    members.map((member, i) => ({
      enrolment: member.id,
      step: step.id,
      customer: member.customer,
      eventType: step.event,
      firstDay: days[i]!,
      days: step.days,
    })),
  );
  return days.map((day) => decided("opened", day));
};

export const challengeClose: Handler<CloseChallengeStep> = async ({ tx, members, time }, step) => {
  await closeChallenges(
    tx,
    members.map((member) => member.id),
    step.id,
    "completed",
    time,
  );
  return members.map(() => decided("closed"));
};
