import type { Library } from "../../campaign/library.ts";
import type { Text } from "../../campaign/program.ts";
import type { Need, Scoring, Tiers } from "../../campaign/scoring.ts";
import { DIMENSIONS } from "../../campaign/scoring.ts";
import { refuse } from "../../fault.ts";
import { type Type, type Value, type Variable, variablesOf } from "../../rule/ast.ts";
import { type Explained, explain } from "../../rule/explain.ts";
import { now } from "../../store/clock.ts";
import { loadContacts } from "../../store/contact.ts";
import type { Database } from "../../store/database.ts";
import { loadFacts } from "../../store/facts.ts";
import { latestNotes, latestWords, listPlanned, type Planned, type Said } from "../../store/planning.ts";
import { masked } from "../../store/mask.ts";
import { type Asker, ownCustomers, seesOnlyOwn } from "../access/own.ts";
import { ruleOf, type SegmentLibrary } from "./segment.ts";

/** One customer, to plan with. */
export interface PlanningRow {
  customer: string;
  /** only when names were asked for */
  name?: string;
  owner: string | null;
  tier: string | null;
  tierName?: Text;
  /** the figures that tiers are made of */
  basis: Figure[];
  need?: { text: string; from: "trait" | "survey" | "note"; at?: Date };
  care?: Text;
}

/** amounts in minor units; shown: as people read it */
export type Figure = Explained["found"][number] & { type: Type };

export interface TableOptions {
  limit: number;
  names: boolean;
  /** sales and service get customers of theirs, and names masked */
  asker?: Asker;
}

/** Customers whose facts are loaded at once. */
const PAGE = 500;

/**
 * The planning table of a segment, page by page: the best tier first, within it those of most value. Membership and
 * figures are of now, tiers of the latest scoring.
 * @throws InputError when there is no such segment, or no rules/tiers.json
 */
export async function* segmentTable(
  db: Database,
  library: SegmentLibrary,
  { tiers }: Scoring,
  id: string,
  options: TableOptions,
): AsyncGenerator<PlanningRow[]> {
  const rule = ruleOf(library, id);
  if (!tiers) throw withoutTiers();
  const asking = { asOf: await now(db), homeZone: library.home.timezone };
  const ids = tiers.tiers.map((tier) => tier.id);
  const seen = ownCustomers(options.asker, "c");
  const planned = await listPlanned(db, { rule, ...asking }, { tiers: ids, limit: options.limit, seen });
  for (let from = 0; from < planned.length; from += PAGE) {
    const page = planned.slice(from, from + PAGE);
    const customers = page.map((row) => row.id);
    const facts = await loadFacts(db, { customers, variables: variablesIn(tiers), ...asking });
    const needs = await loadNeeds(db, tiers.need, customers, facts);
    const contacts = options.names ? await loadContacts(db, customers) : new Map<number, never>();
    yield page.map((row) => {
      const contact = contacts.get(row.id)?.find(({ kind }) => kind === "name");
      const need = needs.get(row.id);
      return {
        ...rowOf(row, tiers, basisOf(tiers, library, facts.get(row.id))),
        ...(contact && { name: seesOnlyOwn(options.asker) ? masked("name", contact.value) : contact.value }),
        ...(need && { need }),
      };
    });
  }
}

/** Labels of the figures, in their order: the columns of a file. */
export function figuresOf(library: SegmentLibrary, { tiers }: Scoring): { name: string; label: Text }[] {
  return tiers ? basisOf(tiers, library, undefined).map(({ name, label }) => ({ name, label })) : [];
}

function rowOf({ customerId, owner, tier }: Planned, { tiers }: Tiers, basis: Figure[]): PlanningRow {
  const { name, care } = tiers.find((each) => each.id === tier) ?? {};
  return { customer: customerId, owner, tier, basis, ...(name && { tierName: name }), ...(care && { care }) };
}

function basisOf(
  tiers: Tiers,
  { catalogue }: Pick<Library, "catalogue">,
  facts: Record<string, Value> | undefined,
): Figure[] {
  const wording = { exponent: catalogue.exponent, label: (name: string) => catalogue.variable(name)?.label };
  const found = measuresOf(tiers).flatMap((of) => {
    const types = new Map(variablesOf(of).map(({ name, type }) => [name, type]));
    const { found: all } = explain(of, (name) => facts?.[name], wording);
    return all.map((each) => ({ ...each, type: types.get(each.name)! }));
  });
  return found.filter(({ name }, i) => found.findIndex((other) => other.name === name) === i);
}

function measuresOf({ dimensions }: Tiers) {
  return DIMENSIONS.flatMap((dimension) => dimensions[dimension].measures.map((measure) => measure.of));
}

function variablesIn(tiers: Tiers): Variable[] {
  const traits = tiers.need.flatMap((need) => ("trait" in need ? [need.trait] : []));
  const all = [...measuresOf(tiers), ...traits].flatMap(variablesOf);
  return [...new Map(all.map((variable) => [variable.name, variable])).values()];
}

type Told = NonNullable<PlanningRow["need"]>;

/** Of the sources in their order the first that says something of a customer. */
async function loadNeeds(
  db: Database,
  sources: Need[],
  customers: number[],
  facts: Map<number, Record<string, Value>>,
): Promise<Map<number, Told>> {
  const needs = new Map<number, Told>();
  const take = (customer: number, told: Told) => {
    if (!needs.has(customer)) needs.set(customer, told);
  };
  const from = (said: Said[], source: "survey" | "note") => {
    for (const { customer, text, at } of said) take(customer, { text, from: source, at });
  };
  for (const source of sources) {
    if ("survey" in source) from(await latestWords(db, customers, source.survey), "survey");
    else if ("note" in source) from(await latestNotes(db, customers), "note");
    else {
      const [variable] = variablesOf(source.trait);
      for (const [customer, values] of facts) {
        const text = said(values[variable!.name]);
        if (text !== "") take(customer, { text, from: "trait" });
      }
    }
  }
  return needs;
}

function said(value: Value | undefined): string {
  if (value === null || value === undefined) return "";
  return Array.isArray(value) ? value.join(", ") : String(value).trim();
}

function withoutTiers(): Error {
  return refuse("rules/tiers.json", {
    en: "is not there or has faults; it says what tiers are and how to care for them",
    "zh-CN": "不存在或有误；分层及其维护方式由它定义",
  });
}
