import { z } from "zod";
import type { Names } from "./names.ts";
import { type BranchDefinition, branchDefinition } from "./steps/branch.ts";
import { type ChallengeDefinition, challengeDefinition } from "./steps/challenge.ts";
import { type ComplaintDefinition, complaintDefinition } from "./steps/complaint.ts";
import { type CouponDefinition, couponStepDefinition } from "./steps/coupon.ts";
import { type ExitDefinition, exitDefinition } from "./steps/exit.ts";
import { type GiftDefinition, giftStepDefinition } from "./steps/gift.ts";
import { type ParallelDefinition, parallelDefinition } from "./steps/parallel.ts";
import { type PointsDefinition, pointsDefinition } from "./steps/points.ts";
import { type RepeatDefinition, repeatDefinition } from "./steps/repeat.ts";
import { type RsvpDefinition, rsvpDefinition } from "./steps/rsvp.ts";
import { type SendDefinition, sendDefinition } from "./steps/send.ts";
import { type SetDefinition, setDefinition } from "./steps/set.ts";
import { type SplitDefinition, splitDefinition } from "./steps/split.ts";
import { type SurveyDefinition, surveyDefinition } from "./steps/survey.ts";
import { type TaskDefinition, taskDefinition } from "./steps/task.ts";
import { type WebhookDefinition, webhookStepDefinition } from "./steps/webhook.ts";
import { type WaitForDefinition, waitForDefinition } from "./steps/wait-for.ts";
import { type WaitDefinition, waitDefinition } from "./steps/wait.ts";

export type StepDefinition =
  | SendDefinition
  | WaitDefinition
  | WaitForDefinition<StepDefinition[]>
  | BranchDefinition<StepDefinition[]>
  | SplitDefinition<StepDefinition[]>
  | RepeatDefinition<StepDefinition[]>
  | ParallelDefinition<StepDefinition[]>
  | ChallengeDefinition
  | TaskDefinition<StepDefinition[]>
  | SurveyDefinition<StepDefinition[]>
  | RsvpDefinition<StepDefinition[]>
  | CouponDefinition
  | GiftDefinition
  | PointsDefinition
  | WebhookDefinition<StepDefinition[]>
  | ComplaintDefinition
  | SetDefinition
  | ExitDefinition;

export function journeyDefinition(names: Names): z.ZodType<StepDefinition[]> {
  const steps: z.ZodType<StepDefinition[]> = z.lazy(() => z.array(step).min(1)).meta({ id: "steps" });
  const step: z.ZodType<StepDefinition> = z
    .union([
      sendDefinition(names),
      waitDefinition(names),
      waitForDefinition(names, steps),
      branchDefinition(names, steps),
      splitDefinition(steps),
      repeatDefinition(names, steps),
      parallelDefinition(steps),
      challengeDefinition(names),
      taskDefinition(names, steps),
      surveyDefinition(names, steps),
      rsvpDefinition(names, steps),
      couponStepDefinition(names),
      giftStepDefinition(names),
      pointsDefinition(),
      webhookStepDefinition(names, steps),
      complaintDefinition(names),
      setDefinition(names),
      exitDefinition(),
    ])
    .meta({ id: "step" });
  return steps;
}
