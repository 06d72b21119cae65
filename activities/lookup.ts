import type { Program, Rule } from "../src/campaign/program.ts";
import { type Value, type Variable, variablesOf } from "../src/rule/ast.ts";
import { loadFacts } from "../src/store/facts.ts";
import { isOfJourney, loadJourneyFacts } from "../src/store/journey-facts.ts";
import type { Context } from "./context.ts";

/** What rules find out about one member: `customer.*`, aggregates, `steps.*`, `trigger.*`, `params.*`, `run.*`. */
export type MemberLookup = (name: string) => Value | undefined;

/** Loads, set-wise, everything that these rules ask about the batch's members. @returns a lookup by enrolment */
export async function loadLookups(
  { tx, program, members, time }: Context,
  rules: Rule[],
): Promise<(enrolment: number) => MemberLookup> {
  const variables = new Map<string, Variable>();
  for (const rule of rules) for (const variable of variablesOf(rule)) variables.set(variable.name, variable);
  const asked = [...variables.values()];
  const ofCustomer = asked.filter((variable) => variable.source.from !== "scope");

  const customers = members.map((member) => member.customer);
  const facts =
    ofCustomer.length > 0
      ? await loadFacts(tx, {
          customers: [...new Set(customers)],
          variables: ofCustomer,
          asOf: time,
          homeZone: homeZone(program),
        })
      : new Map<number, Record<string, Value>>();
  const ofJourney = new Set(asked.filter(isOfJourney).map((variable) => variable.name));
  const journey = await loadJourneyFacts(
    tx,
    program,
    members.map((member) => member.id),
    asked,
    time,
  );
  const customerOf = new Map(members.map((member) => [member.id, member.customer]));
  return (enrolment) => (name) =>
    ofJourney.has(name) ? journey.get(enrolment)?.[name] : facts.get(customerOf.get(enrolment)!)?.[name];
}

/** For customers without a zone of their own, as when the audience was chosen. */
function homeZone(program: Program): string {
  return program.timezone;
}
