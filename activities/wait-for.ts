import { sql } from "kysely";
import { plus } from "../src/campaign/calendar.ts";
import { digitsOf } from "../src/campaign/currency.ts";
import type { Decision } from "../src/campaign/decide/decision.ts";
import { decideSeveral, decideWait, firstMatch, type PastEvent } from "../src/campaign/decide/wait.ts";
import { eventValue } from "../src/campaign/event-value.ts";
import type { AwaitedEvent, Rule, WaitForStep } from "../src/campaign/program.ts";
import { variablesOf } from "../src/rule/ast.ts";
import { holds } from "../src/rule/evaluate.ts";
import { timeOf } from "../src/store/clock.ts";
import type { Tx } from "../src/store/database.ts";
import { lastDecided } from "../src/store/ledger.ts";
import { insertWaits } from "../src/store/wait.ts";
import { condition } from "./condition.ts";
import type { Context, Handler, Member } from "./context.ts";
import { loadLookups } from "./lookup.ts";

interface Event extends PastEvent {
  customer: number;
  type: string;
  data: Record<string, unknown>;
}

interface Found {
  decision: Decision;
  by?: Event;
  parts?: number;
}

/** Waits for events or for a condition, or finds that it has happened since. */
export const waitFor: Handler<WaitForStep> = async (context, step) => {
  if (step.if !== undefined) return condition(context, step, step.if);
  const { tx, batch, members, at, time, name } = context;
  const since = await beginnings(context, step);
  const windows = members.map((member) => ({
    since: since(member),
    until: timeOf(plus(member.calendar, at, step.within.days, step.within.minutes)),
  }));
  const awaited: AwaitedEvent[] = step.any ?? step.all ?? [step];
  const events = await reactedEvents(tx, [...new Set(awaited.map((each) => each.event))], members, windows);
  const matches = await matcher(
    context,
    awaited.flatMap(({ where }) => (where && events.size > 0 ? [where] : [])),
  );
  const found = members.map((member, i): Found => {
    const own = events.get(member.customer) ?? [];
    const { since: from, until } = windows[i]!;
    const firsts = awaited.map(({ event, where }) =>
      firstMatch(own, from, until, (each) => each.type === event && matches(where, member, each)),
    );
    if (step.any) return decideSeveral("any", firsts);
    if (step.all) return decideSeveral("all", firsts);
    const [by] = firsts;
    return { decision: decideWait(by), ...(by && { by }) };
  });
  await insertWaits(
    tx,
    members.map((member, i) => {
      const { decision, by, parts } = found[i]!;
      return {
        enrolment: member.id,
        step: name,
        occurrence: batch.occurrence,
        kind: "event" as const,
        customer: member.customer,
        eventType: step.event,
        ...windows[i]!,
        ...(parts !== undefined && { parts }),
        ...(by && { met: { outcome: decision.outcome, by: by.id, at: time } }),
      };
    }),
  );
  return found.map(({ decision }) => decision);
};

/** From when on events count for each member. */
async function beginnings({ tx, members }: Context, { since }: WaitForStep): Promise<(member: Member) => Date> {
  if (since === "enrolment") return (member) => member.enteredAt;
  const begun = (member: Member) => timeOf(member.firstDue);
  if (since === "step") return begun;
  const ids = members.map((member) => member.id);
  const decided = await lastDecided(tx, ids, [since, `${since}/open`]);
  // a step on a way not taken has no time of its own
  return (member) => decided.get(member.id) ?? begun(member);
}

/** Events of the members' customers that intake has reacted to. What it has not, it will match against the wait itself. */
async function reactedEvents(
  tx: Tx,
  types: string[],
  members: Member[],
  windows: { since: Date; until: Date }[],
): Promise<Map<number, Event[]>> {
  const { rows } = await sql<Event>`
    select e.id, e.customer, e.type, e.occurred_at as "occurredAt", e.data
    from (
      select customer, min(since) as since, max(until) as until
      from unnest(${members.map((member) => member.customer)}::bigint[], ${windows.map((window) => window.since)}::timestamptz[],
        ${windows.map((window) => window.until)}::timestamptz[]) as m (customer, since, until)
      group by customer
    ) m
    join events e on e.customer = m.customer and e.type = any(${types}::text[]) and e.occurred_at between m.since and m.until
    where e.reacted_at is not null`.execute(tx);
  const events = new Map<number, Event[]>();
  for (const row of rows) {
    const list = events.get(row.customer);
    if (list) list.push(row);
    else events.set(row.customer, [row]);
  }
  return events;
}

async function matcher(
  context: Context,
  rules: Rule[],
): Promise<(where: Rule | undefined, member: Member, event: Event) => boolean> {
  if (rules.length === 0) return () => true;
  const lookupOf = await loadLookups(context, rules);
  const exponent = digitsOf(context.program.currency);
  return (where, member, event) => {
    if (!where) return true;
    const ofEvent = new Map(
      variablesOf(where)
        .filter(({ name }) => name.startsWith("event."))
        .map((variable) => [variable.name, variable]),
    );
    const ofMember = lookupOf(member.id);
    return holds(where, (name) => {
      const variable = ofEvent.get(name);
      return variable ? eventValue(variable, event.data, exponent) : ofMember(name);
    });
  };
}
