import type { Refusal } from "../store/join/eligible.ts";

/** What an event did: kept with it, shown by `event show` and by the page that posted it. Ids and codes only. */
export interface Reaction {
  /** why it did nothing at all: its data is not what its type needs */
  error?: string;
  /** nobody knew its customer before */
  customer?: "created";
  /** watched segments that its customer came into by it, and those that it left */
  entered?: string[];
  left?: string[];
  order?: "stored" | "known" | "unknown" | "refunded" | "cancelled" | "of-another-customer";
  /** enrolments whose goal it met */
  converted?: number[];
  /** enrolments whose conversion a refund took back */
  takenBack?: number[];
  /** enrolments that it ended, since the customer now meets their campaign's exitWhen */
  exited?: number[];
  met?: { enrolment: number; step: string; occurrence: number }[];
  checkIns?: CheckInReaction[];
  survey?: { enrolment: number; step: string; answers: string[]; refused?: string[] }[];
  rsvp?: {
    enrolment: number;
    step: string;
    /** absent when it came too late */
    answer?: "yes" | "no" | "maybe";
    /** of a yes */
    place?: "seat" | "waiting" | "missed";
    result?: "too-late";
  }[];
  complaint?: "opened" | "solved" | "unknown";
  consent?: "granted" | "withdrawn";
  /** enrolments that it brought; only rehearsed, they have no number */
  joined?: { run: string; enrolment?: number }[];
  /** runs that its customer will join unless something comes in between */
  settling?: string[];
  /** of these, runs for which something came in between */
  calledOff?: string[];
  /** runs that its customer stands in line for */
  waiting?: string[];
  /** runs whose trigger it fits, and why it brought nobody */
  notJoined?: { run: string; reason: Refusal | "no-key" }[];
  coupon?: "redeemed" | "unknown";
  /** what it was called when it came, if only a replay found out what that means */
  name?: string;
  /** when looking at it again (event replay) found more to record, as JSON has times */
  replayed?: string;
  /** what customer.identified and customer.linked changed: names of traits, kinds of contacts, earlier events of the visitor */
  identity?: { traits?: string[]; contacts?: string[]; linked?: number };
}

export interface CheckInReaction {
  enrolment: number;
  /** the challenge's step id */
  step: string;
  /** day of the challenge, from 1 */
  day: number;
  result: "counted" | "already" | "too-late" | "not-yet" | "outside";
  /** the rest only when counted or already */
  count?: number;
  streak?: number;
  points?: number;
  gifts?: { gift: string; status: "granted" | "out-of-stock" | "budget-spent" }[];
}
