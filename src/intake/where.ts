import { eventValue } from "../campaign/event-value.ts";
import { type Ast, type Value, type Variable, variablesOf } from "../rule/ast.ts";
import { holds, type Lookup } from "../rule/evaluate.ts";
import type { Database, Tx } from "../store/database.ts";
import { loadFacts } from "../store/facts.ts";
import { isOfJourney, loadJourneyFacts } from "../store/journey-facts.ts";
import type { Batch, Pending } from "./batch.ts";
import type { Condition, Member } from "./member.ts";
import { digitsOf } from "../campaign/currency.ts";

/** Whether an event satisfies a `where`; no rule is satisfied by any event. */
export type Judge = (rule: Ast | undefined, member: Member, event: Pending) => boolean;

/** As much of a member as a rule may ask about. */
export type Asking = Pick<Member, "id" | "customer" | "program" | "known">;

/** What a rule's variables are for a member, and an event. */
export type Find = (rule: Ast, member: Asking, event: Pick<Pending, "data">) => Lookup;

export async function openJudge(tx: Tx, batch: Batch, conditions: Condition[]): Promise<Judge> {
  const find = await openFind(tx, batch, conditions);
  return (rule, member, event) => !rule || holds(rule, find(rule, member, event));
}

/** Loads, once for the whole batch, what the rules ask about customers and earlier steps. */
export async function openFind(
  tx: Database | Tx,
  batch: Pick<Batch, "at" | "home">,
  conditions: { member: Asking; rule: Ast }[],
): Promise<Find> {
  const customers = new Set<number>();
  const variables = new Map<string, Variable>();
  const journeys = new Map<string, { member: Asking; ids: Set<number>; asked: Map<string, Variable> }>();
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
    const scope = new Map(variablesOf(rule).map((variable) => [variable.name, variable]));
    return (name) => {
      const variable = scope.get(name);
      if (variable?.source.from !== "scope") return facts.get(member.customer)?.[name];
      if (name.startsWith("event.")) return eventValue(variable, event.data, exponent);
      return ofJourney.get(member.id)?.[name];
    };
  };
}
