import { localDay, type Zone } from "../campaign/calendar.ts";
import { digitsOf } from "../campaign/currency.ts";
import { eventValue } from "../campaign/event-value.ts";
import type { Day, Minute, Program } from "../campaign/program.ts";
import type { Value, Variable } from "../rule/ast.ts";
import { dayOf } from "../rule/value.ts";

/** What is given of a tried journey besides the customer. */
export interface Given {
  params?: Record<string, Value>;
  /** fields of the event that started it, as they would be posted */
  trigger?: Record<string, unknown>;
}

/** `trigger.*` as the program's rules ask for it, by name. */
export function triggerFacts(program: Program, variables: Variable[], { trigger = {} }: Given): Record<string, Value> {
  const asked = variables.filter(({ name, source }) => source.from === "scope" && name.startsWith("trigger."));
  return Object.fromEntries(asked.map((each) => [each.name, eventValue(each, trigger, digitsOf(program.currency))]));
}

/**
 * What the calendar alone changes of facts that were read at launch: today, days since, and the run's own day and phase.
 * Undefined: nothing that it knows of.
 */
export function asOfNow(
  program: Program,
  zone: Zone,
  launchDay: Day,
  facts: Record<string, Value>,
  name: string,
  at: Minute,
): Value | undefined {
  const today = localDay(zone, at);
  if (name === "today") return dayOf(today);
  if (name === "run.id") return `${program.campaign}-1`;
  if (name === "run.day") return today - launchDay + 1;
  if (name === "run.phase") return phaseOn(program, today - launchDay);
  const days = name.startsWith("days_since.") ? facts[name] : undefined;
  return typeof days === "number" ? days + today - launchDay : undefined;
}

function phaseOn({ phases }: Program, day: number): string | null {
  let first = 0;
  for (const { id, days } of phases) {
    if (day >= first && day < first + days) return id;
    first += days;
  }
  return null;
}
