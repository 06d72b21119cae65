import type { Ast } from "../rule/ast.ts";
import type { Duration } from "./units.ts";

export interface Audience {
  /** absent: everybody, everybody on the list, or everybody whom the trigger brings */
  segment?: string;
  /** list that members must be on */
  list?: string;
  /** every list that the rules below were made of */
  lists?: string[];
  /** who may take part: in the segment and on the list */
  rule: Ast;
  /** who may not, though */
  exclude?: Ast;
  limit?: number;
  orderBy?: { rule: Ast; direction: "asc" | "desc" };
  /** share of the selected that is only measured */
  holdout: number;
  reentry?: Duration;
  /** priority: who gets a customer that several campaigns of the group wait for; queueFor: how long somebody waits at most */
  exclusive?: {
    group: string;
    restAfter: Duration;
    onConflict: "skip" | "queue";
    priority?: number;
    queueFor?: Duration;
  };
  /** who meets it ends; asked again on the customer's events, and at 00:05 local */
  exitWhen?: Ast;
  /** enrolments in one calendar day of the campaign's zone at most */
  entryCap?: { max: number; per: "day" };
  /** live treated members of the campaign at most */
  concurrent?: number;
  maxDataAge?: Duration;
}
