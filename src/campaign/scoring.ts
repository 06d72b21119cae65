import type { Ast } from "../rule/ast.ts";
import type { Text } from "./program.ts";

/** rules/tiers.json, stages.json and lead-score.json, read: what `rekindle score` works out beside the models. */
export interface Scoring {
  tiers?: Tiers;
  stages?: Stage[];
  leadScore?: LeadPoint[];
}

export const DIMENSIONS = ["value", "depth", "interaction", "risk"] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** One figure of a dimension. */
export interface Measure {
  of: Ast;
  weight: number;
  /** value that gives full marks, in the unit of the rule's value; absent: by rank among all who are tiered */
  full?: number;
}

export interface Tier {
  id: string;
  name: Text;
  care?: Text;
  /** of those tiered; best first */
  share?: number;
  /** of 100 */
  atLeast?: number;
}

export interface Tiers {
  /** who is given a tier; absent: everybody */
  among?: Ast;
  dimensions: Record<Dimension, { weight: number; measures: Measure[] }>;
  /** best first */
  tiers: Tier[];
  /** from this risk score on (of 100) the tier is this one, whatever the value */
  override?: { atLeast: number; tier: string };
  /** where the planning table finds what a customer needs; the first that says something */
  need: Need[];
}

/** A trait; the latest words of a survey, to one question or to any; what a rep noted last after a call. */
export type Need = { trait: Ast } | { survey: string | undefined } | { note: true };

/** The first stage whose condition holds. */
export interface Stage {
  id: string;
  name: Text;
  /** absent: all others */
  when?: Ast;
}

export interface LeadPoint {
  name: Text;
  points: number;
  when: Ast;
}
