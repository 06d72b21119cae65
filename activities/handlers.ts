import type { Decision } from "../src/campaign/decide/decision.ts";
import type { Step } from "../src/campaign/program.ts";
import { branch } from "./branch.ts";
import { challengeClose, challengeOpen } from "./challenge.ts";
import { complaint } from "./complaint.ts";
import type { Context } from "./context.ts";
import { coupon } from "./coupon.ts";
import { date } from "./date.ts";
import { exit } from "./exit.ts";
import { expire } from "./expire.ts";
import { gift, points } from "./give.ts";
import { phase } from "./phase.ts";
import { rsvp } from "./rsvp.ts";
import { send } from "./send.ts";
import { set } from "./set.ts";
import { split } from "./split.ts";
import { survey } from "./survey.ts";
import { task } from "./task.ts";
import { waitFor } from "./wait-for.ts";
import { webhook } from "./webhook.ts";

export function handle(context: Context, step: Step): Promise<Decision[]> {
  switch (step.kind) {
    case "send":
      return send(context, step);
    case "survey":
      return survey(context, step);
    case "waitFor":
      return waitFor(context, step);
    case "expire":
      return expire(context, step);
    case "branch":
      return branch(context, step);
    case "split":
      return split(context, step);
    case "task":
      return task(context, step);
    case "date":
      return date(context, step);
    case "phase":
      return phase(context, step);
    case "challengeOpen":
      return challengeOpen(context, step);
    case "challengeClose":
      return challengeClose(context, step);
    case "rsvp":
      return rsvp(context, step);
    case "coupon":
      return coupon(context, step);
    case "gift":
      return gift(context, step);
    case "points":
      return points(context, step);
    case "webhook":
      return webhook(context, step);
    case "complaint":
      return complaint(context, step);
    case "set":
      return set(context, step);
    case "exit":
      return exit(context, step);
  }
}
