import type { SendKind } from "../program.ts";

/** What is known of one channel for one customer. */
export interface ChannelFacts {
  channel: string;
  /** this installation can send by it */
  configured: boolean;
  /** contact id; undefined: no such address */
  contact: number | undefined;
  suppressed: boolean;
  /** what the customer said on the step's topic and on promotion in general; undefined: nothing */
  topic: boolean | undefined;
  promotion: boolean | undefined;
}

/** Why this channel cannot be used; undefined when it can. */
export function obstacle(facts: ChannelFacts, kind: SendKind): string | undefined {
  if (!facts.configured) return `channel-not-configured:${facts.channel}`;
  if (facts.contact === undefined) return `no-address:${facts.channel}`;
  if (facts.suppressed) return `suppressed:${facts.channel}`;
  if (kind === "transactional") return undefined;
  if (facts.topic === false) return `refused:${facts.channel}`;
  if (kind === "service") return undefined;
  // silence is no consent; and who refused promotion as a whole has refused every topic of it
  if (facts.promotion === false) return `refused:${facts.channel}`;
  return (facts.topic ?? facts.promotion) ? undefined : `no-consent:${facts.channel}`;
}

const TELLING = [
  "budget-spent",
  "capped",
  "refused",
  "suppressed",
  "no-consent",
  "no-address",
  "channel-not-configured",
];

/** Reasons with those first that say most: what came nearest to a message, before what never could have. */
export function mostTelling(reasons: string[]): string[] {
  const rank = (reason: string) => TELLING.indexOf(reason.split(":")[0]!);
  return [...reasons].sort((a, b) => rank(a) - rank(b));
}
