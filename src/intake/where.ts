import { eventValue } from "../campaign/event-value.ts";
import { type Ast, type Value, type Variable, variablesOf } from "../rule/ast.ts";
import { holds } from "../rule/evaluate.ts";
import type { Tx } from "../store/database.ts";
import { loadFacts } from "../store/facts.ts";
import { isOfJourney, loadJourneyFacts } from "../store/journey-facts.ts";
import type { Batch, Pending } from "./batch.ts";
import type { Condition, Member } from "./member.ts";
import { digitsOf } from "../campaign/currency.ts";

/** Whether an event satisfies a `where`; no rule is satisfied by any event. */
export type Judge = (rule: Ast | undefined, member: Member, event: Pending) => boolean;

/** Loads, once for the whole batch, what the rules ask about customers and earlier steps. */
export async function openJudge(tx: Tx, batch: Batch, conditions: Condition[]): Promise<Judge> {
  const customers = new Set<number>();
  const variables = new Map<string, Variable>();
  const journeys = new Map<string, { member: Member; ids: Set<number>; asked: Map<string, Variable> }>();
  for (const { member, rule } of conditions) {
    for (const variable of variablesOf(rule)) {
      if (variable.source.from !== "scope") {
        customers.add(member.customer);
        variables.set(variable.name, variable);
      } else if (isOfJourney(variable)) {
        const journey = journeys.get(member.program) ?? { member, ids: new Set(), asked: new Map() };
        journeys.set(member.program, journey);
        journey.ids.add(member.id);
        journey.asked.set(variable.name, variable);
      }
    }
  }
  const facts = await loadFacts(tx, {
    customers: [...customers],
    variables: [...variables.values()],
    asOf: batch.at,
    homeZone: batch.home.timezone,
  });
  const ofJourney = new Map<number, Record<string, Value>>();
  for (const { member, ids, asked } of journeys.values()) {
    const found = await loadJourneyFacts(tx, member.known.program, [...ids], [...asked.values()], batch.at);
    for (const [id, values] of found) ofJourney.set(id, values);
  }
  const exponent = digitsOf(batch.home.currency);

  return (rule, member, event) => {
    if (!rule) return true;
    const scope = new Map(variablesOf(rule).map((variable) => [variable.name, variable]));
    return holds(rule, (name) => {
      const variable = scope.get(name);
      if (variable?.source.from !== "scope") return facts.get(member.customer)?.[name];
      if (name.startsWith("event.")) return eventValue(variable, event.data, exponent);
      return ofJourney.get(member.id)?.[name];
    });
  };
}
