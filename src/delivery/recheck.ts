import type { Zone } from "../campaign/calendar.ts";
import { quietUntil } from "../campaign/decide/quiet.ts";
import { obstacle } from "../campaign/decide/reach.ts";
import { windowFrom } from "../campaign/decide/window.ts";
import type { Minute, Policy } from "../campaign/program.ts";
import { minuteOf, timeOf } from "../store/clock.ts";
import type { CommitFacts } from "../store/message-commit.ts";

export type Recheck =
  | { do: "send" }
  /** a cause that time will mend; until: when to look again, null: as soon as it can be claimed again */
  | { do: "hold"; reason: string; until: Date | null }
  | { do: "withhold"; reason: string };

const HOUR = 3_600_000;

/** Last look at a message before it leaves: what was decided hours ago may have been overtaken. Total. */
export function recheck(
  facts: CommitFacts,
  contact: number | undefined,
  policy: Policy,
  zone: Zone,
  at: Date,
): Recheck {
  const promotion = facts.kind === "promotion";
  if (facts.runStatus === "stopped" || facts.endedReason === "stopped") return { do: "withhold", reason: "stopped" };
  if (promotion && facts.epoch < facts.enrolmentEpoch) return { do: "withhold", reason: "superseded" };
  if (facts.validUntil && facts.validUntil <= at) return { do: "withhold", reason: "expired" };

  const reason = obstacle(
    {
      channel: facts.channel,
      configured: true,
      contact,
      suppressed: facts.suppressed,
      topic: facts.topicConsent ?? undefined,
      promotion: facts.promotionConsent ?? undefined,
    },
    facts.kind,
  );
  if (reason) return { do: "withhold", reason };

  if (facts.runStatus === "paused") return { do: "hold", reason: "paused", until: null };
  if (promotion && policy.problemFirst && facts.openComplaint) {
    return { do: "hold", reason: "problem-first", until: earlier(new Date(at.getTime() + HOUR), facts.validUntil) };
  }
  const quiet = quietUntil(policy, facts.kind, zone, minuteOf(at));
  if (quiet !== undefined) return later("quiet-hours", quiet, policy.quietHours);
  const opens = windowFrom(policy, facts.kind, zone, minuteOf(at));
  if (opens !== undefined) return later("promotion-window", opens, policy.promotionWindow);
  return { do: "send" };

  function later(why: string, minute: Minute, rule: { onConflict: "defer" | "skip" } | undefined): Recheck {
    const until = timeOf(minute);
    const late = rule?.onConflict === "skip" || (facts.validUntil !== null && until >= facts.validUntil);
    return late ? { do: "withhold", reason: why } : { do: "hold", reason: why, until };
  }
}

function earlier(a: Date, b: Date | null): Date {
  return b && b < a ? b : a;
}
