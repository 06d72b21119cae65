import type { Home } from "../campaign/library.ts";
import type { NewBudgetEntry } from "../store/budget.ts";
import type { EventRow } from "../store/event.ts";
import type { NewStimulus } from "../store/stimulus.ts";
import type { Reaction } from "./reaction.ts";

/** An event that is being reacted to. */
export interface Pending extends EventRow {
  /** internal id */
  customer: number;
  /** filled in as areas react; stored with the event */
  reaction: Reaction;
}

/** What reactions need of rules/home.json; titles of tasks are Chinese unless it says otherwise. */
export type ReactingHome = Pick<Home, "currency" | "timezone"> & Partial<Pick<Home, "locale">>;

/** Events that one transaction reacts to, in the order they were received; their customers are locked. */
export interface Batch {
  /** clock time, after locking */
  at: Date;
  home: ReactingHome;
  events: Pending[];
  /** reacted to before; since a refund took a conversion back, one of them may now be what met the goal */
  earlier: Pending[];
  /** in the order of their causes */
  stimuli: NewStimulus[];
  /** somebody has joined a standing run */
  joined: boolean;
  /** messages may have been let go */
  released: boolean;
  /** somebody came into a segment that campaigns wait for, or went */
  moved: boolean;
  /** to be booked at the end, as budget lines are locked last */
  costs: NewBudgetEntry[];
}

/** A data error in one event: its transaction is undone, and the event alone is marked with the code. */
export class EventError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}
