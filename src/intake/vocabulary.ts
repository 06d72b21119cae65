import type { Type } from "../rule/ast.ts";
import type { Mapping } from "./type/mapping.ts";
import type { DataCheck } from "./type/schema.ts";

export interface TraitType {
  type: Type;
  /** names it may have in a header or with another system */
  labels: string[];
}

/** What doors need of rules/ to understand what is sent: home.json's currency, rules/events/, traits.json. */
export interface Vocabulary {
  currency: string;
  /** by the name that a sender uses */
  names: ReadonlyMap<string, Mapping>;
  /** by type */
  checks: ReadonlyMap<string, DataCheck>;
  traits: Record<string, TraitType>;
}
