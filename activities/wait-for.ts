import { sql } from "kysely";
import { plus } from "../src/campaign/calendar.ts";
import { decideWait, firstMatch, type PastEvent } from "../src/campaign/decide/wait.ts";
import { eventValue } from "../src/campaign/event-value.ts";
import { code, type WaitForStep } from "../src/campaign/program.ts";
import { variablesOf } from "../src/rule/ast.ts";
import { holds } from "../src/rule/evaluate.ts";
import { timeOf } from "../src/store/clock.ts";
import type { Tx } from "../src/store/database.ts";
import { insertWaits } from "../src/store/wait.ts";
import type { Context, Handler, Member } from "./context.ts";
import { loadLookups, type MemberLookup } from "./lookup.ts";

interface Event extends PastEvent {
  customer: number;
  data: Record<string, unknown>;
}

/** Waits for an event, or finds that it has happened since. */
export const waitFor: Handler<WaitForStep> = async (context, step) => {
  const { tx, batch, members, at, time, name } = context;
  const windows = members.map((member) => ({
    since: step.since === "enrolment" ? member.enteredAt : timeOf(member.firstDue),
    until: timeOf(plus(member.calendar, at, step.within.days, step.within.minutes)),
  }));
  const events = await reactedEvents(tx, step.event, members, windows);
  const matches = await matcher(context, step, events.size > 0);
  const found = members.map((member, i) => {
    const { since, until } = windows[i]!;
    return firstMatch(events.get(member.customer) ?? [], since, until, (event) => matches(member, event));
  });
  await insertWaits(
    tx,
    members.map((member, i) => ({
      enrolment: member.id,
      step: name,
      occurrence: batch.occurrence,
      kind: "event",
      customer: member.customer,
      eventType: step.event,
      ...windows[i]!,
      ...(found[i] && { met: { outcome: code("met"), by: found[i].id, at: time } }),
    })),
  );
  return found.map(decideWait);
};

/** Events of the members' customers that intake has reacted to. What it has not, it will match against the wait itself. */
async function reactedEvents(
  tx: Tx,
  type: string,
  members: Member[],
  windows: { since: Date; until: Date }[],
): Promise<Map<number, Event[]>> {
  const { rows } = await sql<Event>`
    select e.id, e.customer, e.occurred_at as "occurredAt", e.data
    from (
      select customer, min(since) as since, max(until) as until
      from unnest(${members.map((member) => member.customer)}::bigint[], ${windows.map((window) => window.since)}::timestamptz[],
        ${windows.map((window) => window.until)}::timestamptz[]) as m (customer, since, until)
      group by customer
    ) m
    join events e on e.customer = m.customer and e.type = ${type} and e.occurred_at between m.since and m.until
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
  step: WaitForStep,
  needed: boolean,
): Promise<(member: Member, event: Event) => boolean> {
  if (step.where === undefined || !needed) return () => true;
  const rule = step.where;
  const lookupOf = await loadLookups(context, [rule]);
  const ofEvent = new Map(
    variablesOf(rule)
      .filter(({ name }) => name.startsWith("event."))
      .map((variable) => [variable.name, variable]),
  );
  const exponent = minorDigits(context.program.currency);
  return (member, event) => {
    const ofMember: MemberLookup = lookupOf(member.id);
    return holds(rule, (name) => {
      const variable = ofEvent.get(name);
      return variable ? eventValue(variable, event.data, exponent) : ofMember(name);
    });
  };
}

function minorDigits(currency: string): number {
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}
