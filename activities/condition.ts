import { plus } from "../src/campaign/calendar.ts";
import { type Decision } from "../src/campaign/decide/decision.ts";
import { decideCondition } from "../src/campaign/decide/wait.ts";
import { ANY_EVENT, code, type Rule, type WaitForStep } from "../src/campaign/program.ts";
import { holds } from "../src/rule/evaluate.ts";
import { meetWaits } from "../src/store/awaiting.ts";
import { minuteOf, timeOf } from "../src/store/clock.ts";
import { expireWaits, insertWaits, loadWaits } from "../src/store/wait.ts";
import type { Context, Member } from "./context.ts";
import { loadLookups } from "./lookup.ts";

/**
 * Waits until a rule holds. The wait is open for any event of the customer's, which intake reacts to by asking the rule;
 * and each day at 00:05 local the op comes again and asks itself, until the time is over.
 */
export async function condition(context: Context, step: WaitForStep, rule: Rule): Promise<Decision[]> {
  const { tx, batch, members, at, time, name } = context;
  const { occurrence } = batch;
  const ids = members.map((member) => member.id);
  const waits = await loadWaits(tx, ids, name, occurrence);
  const lookupOf = await loadLookups(context, [rule]);
  // a pause has moved the end of waits that stood open
  const untilOf = (member: Member) => {
    const until = waits.get(member.id)?.until;
    return until ? minuteOf(until) : plus(member.calendar, at, step.within.days, step.within.minutes);
  };
  const decisions = members.map((member): Decision => {
    const wait = waits.get(member.id);
    if (wait?.status === "met") return { outcome: wait.outcome ?? code("met"), reasons: [] };
    return decideCondition(holds(rule, lookupOf(member.id)), member.calendar, at, untilOf(member));
  });
  await insertWaits(
    tx,
    members.flatMap((member, i) => {
      if (waits.has(member.id)) return [];
      const met = decisions[i]!.outcome === code("met");
      return [
        {
          enrolment: member.id,
          step: name,
          occurrence,
          kind: "condition" as const,
          customer: member.customer,
          eventType: ANY_EVENT,
          since: time,
          until: timeOf(untilOf(member)),
          ...(met && { met: { outcome: code("met"), by: null, at: time } }),
        },
      ];
    }),
  );
  const again = members.flatMap((member, i) =>
    waits.get(member.id)?.status === "open" ? [{ enrolment: member.id, outcome: decisions[i]!.outcome }] : [],
  );
  const met = again.filter(({ outcome }) => outcome === code("met"));
  await meetWaits(
    tx,
    met.map((wait) => ({ ...wait, step: name, occurrence, by: null })),
    time,
  );
  const over = again.filter(({ outcome }) => outcome === code("timeout")).map(({ enrolment }) => enrolment);
  if (over.length > 0) await expireWaits(tx, over, name, occurrence);
  return decisions;
}
