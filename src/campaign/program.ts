/**
 * What the compiler makes and everything else reads: a flat, immutable program.
 * `code` is all that the machine (and so a workflow history) ever sees; `steps` are the parameters of its ops, which
 * activities look up by step name. Types and constants only, so that the workflow sandbox can hold them.
 */

import type { Ast, Type } from "../rule/ast.ts";
import type { Audience } from "./audience.ts";
import type { Goal, MetricCondition, Target, Watch } from "./goal.ts";
import type { BudgetLine, CouponPool, Gift, Webhook } from "./means.ts";
import type { Trigger } from "./program-trigger.ts";
import type { Day, Duration, Minute, Text } from "./units.ts";

export type {
  Audience,
  BudgetLine,
  CouponPool,
  Day,
  Duration,
  Gift,
  Goal,
  MetricCondition,
  Minute,
  Target,
  Text,
  Trigger,
  Webhook,
  Watch,
};

/** A rule as src/rule parsed and checked it: typed, segments inlined, evaluated without any catalogue. */
export type Rule = Ast;

// ── outcomes: what an op's completion says; small integers, so that histories stay small ────────────────────────────

/** Order is part of stored histories: append only. `option(i)` codes start at 100. */
export const OUTCOMES = [
  "failed", // a data error of this one member; the thread goes on
  "paused", // run is paused; not in the ledger, re-issued on resume
  "ended", // enrolment has ended; the machine drops the member
  "superseded", // op of an older epoch; its thread is about to be dropped
  "deferred", // not now: `value` is the minute to try again with attempt + 1
  "waiting", // a waits row is open; a `met` stimulus or the instruction's `within` ends it
  "met", // what was waited for has happened
  "timeout", // what was waited for has not happened in time
  "queued", // a message row is stored and will be delivered
  "skipped", // decided not to act; the reason is in the ledger
  "yes", // condition holds
  "no", // condition does not hold
  "opened", // challenge is open; `value` is its first local day
  "closed", // challenge, wait or task is shut
  "scheduled", // `value` is the minute to go on at
  "overdue", // task was still open at its due time
  "done", // an effect without further distinction is stored
] as const;
export type OutcomeName = (typeof OUTCOMES)[number];
export const OPTION_BASE = 100;
/** Code of a named outcome. */
export function code(name: OutcomeName): number {
  return OUTCOMES.indexOf(name);
}
/** Code of the i-th option that a step itself declares (outcomes of a task, cases of a branch). */
export function option(index: number): number {
  return OPTION_BASE + index;
}

// ── code: the machine's instructions ─────────────────────────────────────────────────────────────────────────────────

/** When a sleeping thread goes on. */
export type When =
  /** relative: so many calendar days and minutes from now; a pause shifts it */
  | { after: Duration }
  /** the next time the local clock shows minute-of-day `at` (now counts) */
  | { at: number }
  /** the next minute that lies on one of the weekdays (0 = Monday), from minute-of-day `from` until before `to` (now counts); a pause does not shift it */
  | { weekdays: number[]; from: number; to: number }
  /** local day `registers[base] + registers[plus] + shift`, minute-of-day `at` (1440 = the day's end); a pause does not shift it */
  | { base: number; plus?: number; shift?: number; at: number };

interface At {
  /** index of the root step this instruction belongs to; positions and `goto` compare these */
  root: number;
}
export interface OpInstruction extends At {
  do: "op";
  /** unique name, key into Program.steps: "invite", "days/reminder", "order/expire" */
  step: string;
  /** where the thread goes on by default, and by outcome code */
  next: number;
  on?: Record<number, number>;
  /** enclosing loops, outermost first: [register, times] pairs; the occurrence is their mixed-radix number + 1 */
  loops?: [register: number, times: number][];
  /** register that takes the completion's `value` */
  into?: number;
  /** for ops that may be `waiting`: how long, and where the thread goes on then (an `expire` op) */
  within?: Duration;
  expire?: number;
}
export type Instruction =
  | OpInstruction
  | ({ do: "sleep"; until: When; next: number } & At)
  /** register += 1; below `times` go to `back`, else reset to 0 and go to `next` */
  | ({ do: "loop"; register: number; times: number; back: number; next: number } & At)
  | ({ do: "fork"; branches: number[]; next: number } & At)
  /** end of a fork's branch */
  | ({ do: "join" } & At)
  | ({ do: "jump"; to: number } & At)
  | ({ do: "end" } & At);

/** What a workflow needs of a program. */
export interface Code {
  /** `advance` dispatches on it; raised when the meaning of instructions changes */
  machine: 1;
  registers: number;
  instructions: Instruction[];
}

// ── steps: parameters of ops, for activities, intake and reports ────────────────────────────────────────────────────

export type SendKind = "promotion" | "service" | "transactional";
interface Named {
  /** the marketer's step id; several ops of one step share it */
  id: string;
}
/** What somebody may set when a run is launched. */
export type ParamType = "number" | "money" | "string" | "boolean" | "date";
export interface Param {
  type: ParamType;
  /** money in minor units */
  default: number | string | boolean;
}
interface Mail {
  /** channels to try in order: "email", "wecom-customer", "sms" */
  channels: string[];
  /** template name, key into Program.templates */
  template: string;
  sendKind: SendKind;
  topic: string;
  /** by which caps may name it */
  tags?: string[];
  /** leaves although a cap is reached */
  ignoresCaps?: boolean;
  /** false: does not use up caps */
  countsTowardsCaps?: boolean;
  /** how long after its due minute it may still leave; "day" = until its local day ends */
  validFor: Duration | "day";
  /** what its template says of trigger.*, params.*, steps.*, run.*, each with its type; joined when it is rendered */
  uses?: Record<string, Type | "any">;
}
export interface SendStep extends Named, Mail {
  kind: "send";
  /** coupon pool to reserve from; the code is in the template as `coupon.code` */
  coupon?: string;
  /** challenge step whose day this mail belongs to (so templates know `challenge.day`, links know where to check in) */
  challenge?: string;
  /** skip with reason `checked-in` where that day already has a check-in (reminders) */
  unlessCheckedIn?: boolean;
}
export interface SurveyStep extends Named, Mail {
  kind: "survey";
  questions: Question[];
  within: Duration;
}
/** Outcomes of an rsvp: option(i) is the i-th. A yes that got no seat until the end is `waiting-list`. */
export const RSVP_OUTCOMES = ["yes", "no", "maybe", "waiting-list"] as const;
export interface RsvpStep extends Named, Mail {
  kind: "rsvp";
  within: Duration;
  /** how many can come; absent: everybody */
  seats?: number;
}
export interface Question {
  id: string;
  /** highest rating (1…n), or a free text */
  rating?: number;
  text?: boolean;
  label?: Text;
}
/** An event that is waited for. */
export interface AwaitedEvent {
  event: string;
  /** rule over `event.*`, `customer.*`, `steps.*`; absent = any such event */
  where?: Rule;
}
export interface WaitForStep extends Named {
  kind: "waitFor";
  /** "*" where `any`, `all` or `if` says what is waited for */
  event: string;
  where?: Rule;
  /** the first of them to come gives option(i) */
  any?: (AwaitedEvent & { id?: string })[];
  /** met when each of them has come */
  all?: AwaitedEvent[];
  /** met when it holds: asked at once, on the customer's events, and at 00:05 local */
  if?: Rule;
  /** "step", "enrolment", or the id of the step whose latest decision is where looking begins */
  since: string;
  within: Duration;
}
/** Event type of waits that any event of the customer's may meet. */
export const ANY_EVENT = "*";
/** Runs when a wait's time is over: decides under the customer's lock whether it was met after all. */
export interface ExpireStep extends Named {
  kind: "expire";
  /** name of the op whose wait it ends */
  of: string;
  /** outcome when not met */
  as: "timeout" | "overdue";
}
/** Cases are tried in order: the first that holds gives option(i), none gives `no`. */
export interface BranchStep extends Named {
  kind: "branch";
  cases: Rule[];
}
/** Ways by chance: the first whose `below` is greater than the customer's bucket of 10,000 (decide/split.ts) gives option(i). */
export interface SplitStep extends Named {
  kind: "split";
  branches: { id?: string; below: number }[];
}
export interface TaskStep extends Named {
  kind: "task";
  team: string;
  /** by owner: the customer's owner if there is one, else the team */
  by: "owner" | "team";
  title: string;
  script?: string;
  due: Duration;
  attempts: number;
  sendKind: SendKind;
  /** option(i) is outcomes[i]; `connected: false` re-opens the task while attempts are left */
  outcomes: { id: string; connected: boolean }[];
}
/** Says when a date of the customer's comes, moved by `offset` days, at minute-of-day `at`: its next return, or that very day. */
export interface DateStep extends Named {
  kind: "date";
  /** yields a date; `name` is what reasons call it */
  day: Rule;
  name: string;
  lunar: boolean;
  yearly: boolean;
  offset: number;
  at: number;
}
export interface PhaseStep extends Named {
  kind: "phase";
  /** index into Program.phases */
  phase: number;
}
export interface OpenChallengeStep extends Named {
  kind: "challengeOpen";
  event: string;
  days: number;
  /** minute of day of the daily mail: a member who arrives later starts on the next day */
  at: number;
  gifts: Reward[];
}
export interface CloseChallengeStep extends Named {
  kind: "challengeClose";
  of: string;
}
export interface Reward {
  /** every n-th check-in, or a streak of n days; exactly one of the two */
  every?: number;
  streak?: number;
  points?: number;
  gift?: string;
}
/** A step that gives something without a message. */
interface Giving extends Named {
  /** promotions are held while a complaint is open */
  sendKind: SendKind;
  /** how long after its due minute it may still be given */
  validFor: Duration;
}
export interface CouponStep extends Giving {
  kind: "coupon";
  pool: string;
}
export interface GiftStep extends Giving {
  kind: "gift";
  gift: string;
}
export interface PointsStep extends Giving {
  kind: "points";
  points: number;
}
/** Tells another system, and goes on with what it answered: met, failed (it refused, or never took it) or timeout. */
export interface WebhookStep extends Named {
  kind: "webhook";
  /** key into Program.webhooks */
  hook: string;
  body: Record<string, Rule>;
  within: Duration;
  /** how often it is sent at most */
  tries: number;
}
export interface ComplaintStep extends Named {
  kind: "complaint";
  severity: "low" | "medium" | "high";
  team: string;
}
/** Values kept under the enrolment as steps.<id>.<name>, and traits of the customer; each rule's own type is the value's. */
export interface SetStep extends Named {
  kind: "set";
  values: Record<string, Rule>;
  traits: Record<string, Rule>;
}
export interface ExitStep extends Named {
  kind: "exit";
  reason: string;
}
export type Step =
  | SendStep
  | SurveyStep
  | RsvpStep
  | WaitForStep
  | ExpireStep
  | BranchStep
  | SplitStep
  | TaskStep
  | DateStep
  | PhaseStep
  | OpenChallengeStep
  | CloseChallengeStep
  | CouponStep
  | GiftStep
  | PointsStep
  | WebhookStep
  | ComplaintStep
  | SetStep
  | ExitStep;

// ── the rest of a program ────────────────────────────────────────────────────────────────────────────────────────────

export interface Phase {
  id: string;
  days: number;
}
export interface PlanRow {
  id: string;
  phase: string;
  title: string;
  owner: string;
  /** days within the phase, both counted from 0 */
  from: number;
  to: number;
  after: string[];
  /** what people judge by, or the metric by which the row is done of itself */
  doneWhen?: string | MetricCondition;
  resources: string[];
  gate: boolean;
}
/** Home-wide rules of contact, pinned with the program; §6 Policy. Minutes of day are customer-local. */
export interface Policy {
  quietHours?: { from: number; to: number; onConflict: "defer" | "skip" };
  /** the only time in which promotions leave; weekdays from 0 = Monday; `to` may be 1440 */
  promotionWindow?: { weekdays: number[]; from: number; to: number; onConflict: "defer" | "skip" };
  caps: { channel?: string; sendKind?: SendKind; tag?: string; max: number; days: number }[];
  problemFirst: boolean;
  /** what one message costs, minor units, by channel */
  channelCosts?: Record<string, number>;
}
export interface Program {
  version: 1;
  campaign: string;
  name: Text;
  timezone: string;
  currency: string;
  /** absent: none */
  params?: Record<string, Param>;
  code: Code;
  /** names of the code's instructions, by which an edited program finds them again */
  places?: string[];
  steps: Record<string, Step>;
  /** the marketer's root steps in order, for positions and funnels */
  roots: string[];
  phases: Phase[];
  plan: PlanRow[];
  goal: Goal;
  budget: BudgetLine[];
  /** absent in programs of versions that had no other: as manual */
  trigger?: Trigger;
  audience: Audience;
  policy: Policy;
  /** template name -> hash of the stored document { locale: { subject, mjml, text? } } */
  templates: Record<string, string>;
  /** coupon pool and gift definitions as they were when compiled */
  coupons: Record<string, CouponPool>;
  gifts: Record<string, Gift>;
  /** addresses as they were when compiled; absent: none */
  webhooks?: Record<string, Webhook>;
  /** enrolments per cohort, lowered by the compiler so that program + states stay below 1 MB */
  cohortSize: number;
}
