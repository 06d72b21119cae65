import type { Library } from "../../campaign/library.ts";
import type { Text } from "../../campaign/program.ts";
import { absent, nearest, refuse } from "../../fault.ts";
import { type Ast, variablesOf } from "../../rule/ast.ts";
import type { SegmentDefinition } from "../../rule/definition.ts";
import { type Explained, explain, obstacles } from "../../rule/explain.ts";
import { type Flip, smallestFlip } from "../../rule/explain/flip.ts";
import type { Wording } from "../../rule/explain/words.ts";
import { now } from "../../store/clock.ts";
import { noCustomer } from "../../store/customer.ts";
import type { Database } from "../../store/database.ts";
import { loadFacts } from "../../store/facts.ts";
import { type Asked, countMembers, findCustomer, listMembers } from "../../store/segment.ts";

/** What these use cases need of the library. */
export type SegmentLibrary = Pick<Library, "home" | "catalogue" | "segments" | "broken">;

export interface SegmentSummary {
  id: string;
  name: Text;
  why: Text;
}
export interface SegmentCount extends SegmentSummary {
  members: number;
  customers: number;
  asOf: Date;
}
export interface SegmentMember {
  customer: string;
  /** what was found for each variable of the rule */
  found: Explained["found"];
}
export interface Explanation extends SegmentSummary {
  customer: string;
  member: boolean;
  asOf: Date;
  rule: Explained;
  /** parts that keep the customer out */
  obstacles: Explained[];
  /** the smallest change that would turn the answer; absent when none would */
  flip?: Flip;
}

export function listSegments(library: SegmentLibrary): SegmentSummary[] {
  return Object.keys(library.segments)
    .toSorted()
    .map((id) => summary(library, id));
}

/** @throws InputError when there is no such segment */
export async function countSegment(
  db: Database,
  library: SegmentLibrary,
  id: string,
  asOf?: Date,
): Promise<SegmentCount> {
  const asked = await ask(db, library, id, asOf);
  return { ...summary(library, id), ...(await countMembers(db, asked)), asOf: asked.asOf };
}

/**
 * A page of members with what was found for each, in the order of their customer ids.
 * @param page `after`: customer id that the page before ended with
 */
export async function segmentMembers(
  db: Database,
  library: SegmentLibrary,
  id: string,
  page: { after?: string; limit: number },
  asOf?: Date,
): Promise<SegmentMember[]> {
  const asked = await ask(db, library, id, asOf);
  const members = await listMembers(db, asked, page);
  const variables = variablesOf(asked.rule);
  const facts = await loadFacts(db, { ...asked, customers: members.map((member) => member.id), variables });
  const wording = wordingOf(library);
  return members.map((member) => ({
    customer: member.customerId,
    found: leaves(explain(asked.rule, (name) => facts.get(member.id)?.[name], wording)),
  }));
}

/** @throws InputError when there is no such segment or customer */
export async function explainMember(
  db: Database,
  library: SegmentLibrary,
  id: string,
  customerId: string,
  asOf?: Date,
): Promise<Explanation> {
  const asked = await ask(db, library, id, asOf);
  const customer = await findCustomer(db, customerId);
  if (!customer) throw await noCustomer(db, customerId);
  const facts = await loadFacts(db, { ...asked, customers: [customer.id], variables: variablesOf(asked.rule) });
  const lookup = (name: string) => facts.get(customer.id)?.[name];
  const rule = explain(asked.rule, lookup, wordingOf(library));
  const flip = smallestFlip(asked.rule, lookup, wordingOf(library));
  return {
    ...summary(library, id),
    customer: customerId,
    member: rule.holds,
    asOf: asked.asOf,
    rule,
    obstacles: obstacles(rule),
    ...(flip && { flip }),
  };
}

async function ask(db: Database, library: SegmentLibrary, id: string, asOf: Date | undefined): Promise<Asked> {
  return { rule: ruleOf(library, id), asOf: asOf ?? (await now(db)), homeZone: library.home.timezone };
}

/** @throws InputError when there is no such segment, or it has faults */
export function ruleOf(library: SegmentLibrary, id: string): Ast {
  const segment = library.segments[id];
  if (segment) return segment.rule;
  if (library.broken.segments.includes(id)) {
    throw refuse(id, {
      en: "the segment has faults; see: rekindle validate",
      "zh-CN": "该分群有误；请查看：rekindle validate",
    });
  }
  throw absent(id, { en: "no such segment", "zh-CN": "没有该分群" }, nearest(id, Object.keys(library.segments)));
}

function summary(library: SegmentLibrary, id: string): SegmentSummary {
  const { name, why } = library.segments[id]!.definition as SegmentDefinition;
  return { id, name, why };
}

function wordingOf({ catalogue }: SegmentLibrary): Wording {
  return { exponent: catalogue.exponent, label: (name) => catalogue.variable(name)?.label };
}

function leaves(explained: Explained): Explained["found"] {
  const all = [...explained.found, ...explained.parts.flatMap(leaves)];
  return all.filter(({ name }, i) => all.findIndex((other) => other.name === name) === i);
}
