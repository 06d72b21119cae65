import type { Fault } from "../fault.ts";
import { checkData } from "./event-data.ts";
import { typedIdentity } from "./identity-data.ts";
import { type Mapping, mapped, sentPointer } from "./type/mapping.ts";
import type { Vocabulary } from "./vocabulary.ts";

export interface Meaning {
  /** the type that it is here */
  type: string;
  /** everything that was sent, and the fields that the type has */
  data: Record<string, unknown>;
  /** pointers are to what was sent */
  faults: Fault[];
}

/**
 * What an event says here. Every door that lets events act asks this one function.
 * @param at where the data is in what was sent
 * @param builtIn what a name means that rules/events/ says nothing of
 */
export function meaningOf(
  name: string,
  sent: Record<string, unknown>,
  vocabulary: Vocabulary,
  at = "/data",
  builtIn?: Mapping,
): Meaning {
  const mapping = vocabulary.names.get(name) ?? builtIn;
  const type = mapping?.type ?? name;
  const data = mapping ? mapped(sent, mapping.fields) : sent;
  const meaning: Meaning = { type, data, faults: checkData(type, data, vocabulary.currency) };
  if (type === "customer.identified" && meaning.faults.length === 0) {
    const identity = typedIdentity(data, vocabulary);
    meaning.data = identity.data;
    meaning.faults.push(...identity.faults);
  }
  meaning.faults.push(...(vocabulary.checks.get(type)?.(meaning.data) ?? []));
  meaning.faults = pointed(meaning.faults, at, sent, mapping);
  return meaning;
}

/** The same of a fact of the past, which acts no more: it need not have what acting takes. */
export function pastMeaningOf(name: string, sent: Record<string, unknown>, vocabulary: Vocabulary): Meaning {
  const mapping = vocabulary.names.get(name);
  const type = mapping?.type ?? name;
  const data = mapping ? mapped(sent, mapping.fields) : sent;
  return { type, data, faults: pointed(vocabulary.checks.get(type)?.(data) ?? [], "", sent, mapping) };
}

function pointed(faults: Fault[], at: string, sent: Record<string, unknown>, mapping: Mapping | undefined): Fault[] {
  return faults.map((fault) => ({
    ...fault,
    pointer: at + (mapping ? sentPointer(fault.pointer, sent, mapping.fields) : fault.pointer),
  }));
}
