import type { Zone } from "../calendar.ts";
import { code, type Minute, type Policy, type SendKind } from "../program.ts";
import { exceeded } from "./caps.ts";
import { type Decision, deferred, skipped } from "./decision.ts";
import { heldByProblem } from "./hold.ts";
import { quietUntil } from "./quiet.ts";
import { type ChannelFacts, mostTelling, obstacle } from "./reach.ts";

export interface SendFacts {
  at: Minute;
  zone: Zone;
  validUntil: Minute;
  kind: SendKind;
  policy: Policy;
  /** the step's chain, in its order */
  channels: ChannelFacts[];
  /** messages that already count for each cap of the policy */
  used: readonly number[];
  openComplaint: boolean;
  /** the message's day already has its check-in, and the step is not wanted then */
  checkedIn: boolean;
  /** undefined: the step gives no coupon */
  couponsLeft?: number;
}

export type SendDecision = Decision & { channel?: ChannelFacts };

/** Whether a message leaves, and by which channel. What can never change is looked at before what time will mend. */
export function decideSend(facts: SendFacts): SendDecision {
  if (facts.at >= facts.validUntil) return skipped("expired");
  if (facts.checkedIn) return skipped("checked-in");

  const passedOver: string[] = [];
  const reachable = facts.channels.filter((channel) => {
    const reason = obstacle(channel, facts.kind);
    if (reason) passedOver.push(reason);
    return !reason;
  });
  if (reachable.length === 0) return skipped(...(passedOver.length > 0 ? mostTelling(passedOver) : ["no-channel"]));

  const held = heldByProblem(facts);
  if (held) return held;

  const until = quietUntil(facts.policy, facts.kind, facts.zone, facts.at);
  if (until !== undefined) {
    const late = facts.policy.quietHours?.onConflict === "skip" || until >= facts.validUntil;
    return late ? skipped("quiet-hours") : deferred(until, "quiet-hours");
  }

  const capped: string[] = [];
  const channel = reachable.find((candidate) => {
    const reason = exceeded(facts.policy, facts.used, candidate.channel, facts.kind);
    if (reason) capped.push(reason);
    return !reason;
  });
  if (!channel) return skipped(...capped, ...passedOver);
  if (facts.couponsLeft !== undefined && facts.couponsLeft <= 0) return skipped("coupon-exhausted");
  return { outcome: code("queued"), reasons: [...passedOver, ...capped], channel };
}
