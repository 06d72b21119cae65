import type { Zone } from "../src/campaign/calendar.ts";
import type { Decision } from "../src/campaign/decide/decision.ts";
import type { Minute, Program, Step } from "../src/campaign/program.ts";
import type { Tx } from "../src/store/database.ts";
import type { LockedEnrolment } from "../src/store/enrolment.ts";
import type { Batch } from "../workflows/contract.ts";

/** What this installation brings to decisions. */
export interface Settings {
  /** channels that can send here */
  channels: string[];
  /** for customers who have not said which language they read */
  locale: "en" | "zh-CN";
}

/** A member that is to be decided now; its rows are locked. */
export interface Member extends LockedEnrolment {
  calendar: Zone;
  /** when the step was first due for it: deferrals do not prolong validity */
  firstDue: Minute;
}

/** Work that is done by other processes. */
export type Lane = "deliver" | "webhook";

/** One batch inside its transaction. */
export interface Context {
  tx: Tx;
  settings: Settings;
  program: Program;
  batch: Batch;
  /** op name */
  name: string;
  /** the minute that this transaction decides in, and the same as time for rows */
  at: Minute;
  time: Date;
  members: Member[];
  /** lanes that handlers stored work for */
  lanes: Set<Lane>;
}

/** Loads facts set-wise, decides, stores effects set-wise. @returns decisions in the order of `context.members` */
export type Handler<S extends Step> = (context: Context, step: S) => Promise<Decision[]>;

/** "winback-30-1/17/call": run, number of the enrolment, step; from the second pass on also which. */
export function effectId({ batch, name }: Context, member: Member): string {
  return `${batch.run}/${member.number}/${name}${batch.occurrence > 1 ? `/${batch.occurrence}` : ""}`;
}
