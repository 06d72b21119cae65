import type { Zone } from "../calendar.ts";
import { code, type Minute, type Policy, type SendKind } from "../program.ts";
import { exceeded } from "./caps.ts";
import { SPENT } from "./cost.ts";
import { type Decision, deferred, skipped } from "./decision.ts";
import { heldByProblem } from "./hold.ts";
import { quietUntil } from "./quiet.ts";
import { windowFrom } from "./window.ts";
import { type ChannelFacts, mostTelling, obstacle } from "./reach.ts";

export interface SendFacts {
  at: Minute;
  zone: Zone;
  validUntil: Minute;
  kind: SendKind;
  policy: Policy;
  /** the step's chain, in its order */
  channels: ChannelFacts[];
  tags?: readonly string[];
  ignoresCaps?: boolean;
  /** messages that already count for each cap of the policy */
  used: readonly number[];
  openComplaint: boolean;
  /** the message's day already has its check-in, and the step is not wanted then */
  checkedIn: boolean;
  /** undefined: the step gives no coupon */
  couponsLeft?: number;
  /** the budget line that cannot bear one more message by a channel, with its coupon, by channel */
  spent?: Readonly<Record<string, string>>;
}

export type SendDecision = Decision & { channel?: ChannelFacts };

/** Whether a message leaves, and by which channel. What can never change is looked at before what time will mend. */
export function decideSend(facts: SendFacts): SendDecision {
  if (facts.at >= facts.validUntil) return skipped("expired");
  if (facts.checkedIn) return skipped("checked-in");

  const obstacles = facts.channels.map((channel) => obstacle(channel, facts.kind));
  if (obstacles.every((reason) => reason !== undefined)) {
    return skipped(...(obstacles.length > 0 ? mostTelling(obstacles) : ["no-channel"]));
  }

  const held = heldByProblem(facts);
  if (held) return held;

  const until = quietUntil(facts.policy, facts.kind, facts.zone, facts.at);
  if (until !== undefined) {
    const late = facts.policy.quietHours?.onConflict === "skip" || until >= facts.validUntil;
    return late ? skipped("quiet-hours") : deferred(until, "quiet-hours");
  }

  const opens = windowFrom(facts.policy, facts.kind, facts.zone, facts.at);
  if (opens !== undefined) {
    const late = facts.policy.promotionWindow?.onConflict === "skip" || opens >= facts.validUntil;
    return late ? skipped("promotion-window") : deferred(opens, "promotion-window");
  }

  const cap = (channel: string) =>
    facts.ignoresCaps ? undefined : exceeded(facts.policy, facts.used, channel, facts.kind, facts.tags);
  const spent = (channel: string) => {
    const line = facts.spent?.[channel];
    return line === undefined ? undefined : `${SPENT}:${line}`;
  };
  const reasons = facts.channels.map((each, i) => obstacles[i] ?? cap(each.channel) ?? spent(each.channel));
  const chosen = reasons.indexOf(undefined);
  if (chosen < 0) return skipped(...mostTelling(reasons as string[]));
  if (facts.couponsLeft !== undefined && facts.couponsLeft <= 0) return skipped("coupon-exhausted");
  // everything before the chosen one was passed over
  return { outcome: code("queued"), reasons: reasons.slice(0, chosen) as string[], channel: facts.channels[chosen]! };
}
