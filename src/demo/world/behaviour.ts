import type { Minute } from "../../campaign/program.ts";
import { draw, drawInt } from "./draw.ts";

/**
 * How simulated customers and reps behave. All figures are assumptions, chosen to be plausible for a reactivation
 * campaign; docs/demo-world.md lists them. Nothing here knows arms, cohorts or the database.
 */
export const DAY = 1440;
const EVENING = 21 * 60 + 30;

/** Does this customer take part at all, and how often do they look in on a day they are mailed? */
function keenness(seed: number, customer: string): number {
  return draw(seed, customer, "takes part") < 0.84 ? 0.35 + 0.6 * draw(seed, customer, "keenness") : 0;
}

/** When they follow the daily mail's link; undefined: not after this mail. */
export function checkInAt(
  seed: number,
  customer: string,
  day: number,
  mailedAt: Minute,
  localMinute: number,
): Minute | undefined {
  if (draw(seed, customer, "check-in", day, localMinute) >= keenness(seed, customer)) return undefined;
  const latest = Math.max(localMinute + 5, EVENING);
  return mailedAt + drawInt(5, latest - localMinute, seed, customer, "check-in time", day, localMinute);
}

/** What a reader makes of a subject line. */
const LAST_CALL = /last call|最后提醒/i;

/** A purchase after an offer with a coupon, or after a mail (known by its subject) without one; undefined: none. */
export function purchaseAfterMail(
  seed: number,
  customer: string,
  mail: string,
  mailedAt: Minute,
  coupon: boolean,
): Purchase | undefined {
  const chance = coupon ? 0.26 : LAST_CALL.test(mail) ? 0.08 : 0.01;
  if (draw(seed, customer, "buys", mail) >= chance) return undefined;
  return {
    at: mailedAt + drawInt(60, (coupon ? 6 : 2) * DAY, seed, customer, "buys when", mail),
    amount: amount(seed, customer, mail),
  };
}

/** A purchase that no mail has caused, within `days`; the same for everybody, mailed or not. */
export function spontaneousPurchase(seed: number, customer: string, from: Minute, days: number): Purchase | undefined {
  if (draw(seed, customer, "buys anyway") >= 0.05) return undefined;
  return {
    at: from + drawInt(0, days * DAY, seed, customer, "buys anyway when"),
    amount: amount(seed, customer, "anyway"),
  };
}

export interface Purchase {
  at: Minute;
  /** major units, two decimals */
  amount: number;
}

function amount(seed: number, customer: string, key: string): number {
  return drawInt(120_00, 2_400_00, seed, customer, "amount", key) / 100;
}

export function unsubscribes(seed: number, customer: string, message: number): boolean {
  return draw(seed, customer, "unsubscribes", message) < 0.0006;
}

/** When and how they answer a survey; undefined: they do not. */
export function surveyAnswer(
  seed: number,
  customer: string,
  mailedAt: Minute,
): { at: Minute; score: number; text: string } | undefined {
  if (draw(seed, customer, "answers") >= 0.62) return undefined;
  const mood = draw(seed, customer, "mood");
  const score = mood < 0.66 ? 5 : mood < 0.93 ? 4 : mood < 0.97 ? 3 : mood < 0.99 ? 2 : 1;
  const text = score >= 4 ? "打卡很有意思，礼品也不错。" : score === 3 ? "还可以。" : "邮件有点多。";
  return { at: mailedAt + drawInt(30, 3 * DAY, seed, customer, "answers when"), score, text };
}

/** A complaint out of the blue during the campaign, and when it is solved. */
export function complaint(
  seed: number,
  customer: string,
  from: Minute,
  days: number,
): { at: Minute; solvedAt: Minute } | undefined {
  if (draw(seed, customer, "complains") >= 0.008) return undefined;
  const at = from + drawInt(0, days * DAY, seed, customer, "complains when");
  return { at, solvedAt: at + drawInt(DAY / 2, 3 * DAY, seed, customer, "solved when") };
}

/** How a rep's call goes: when it is made and which of the task's outcomes it has; undefined: nobody finds the time. */
export function call(
  seed: number,
  task: string,
  attempt: number,
  openedAt: Minute,
  outcomes: string[],
): { at: Minute; outcome: string } | undefined {
  if (draw(seed, task, "called") < 0.06) return undefined;
  const reached = draw(seed, task, "reached", attempt) < 0.6;
  const outcome = reached ? outcomes[0] : outcomes.at(-1);
  return outcome === undefined
    ? undefined
    : { at: openedAt + drawInt(60, DAY, seed, task, "call when", attempt), outcome };
}

/** A stable number for names of things, in [0, 1). */
export function fingerprint(seed: number, customer: string, why: string): number {
  return draw(seed, customer, why, "fingerprint");
}
