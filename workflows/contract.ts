import type { Code, Minute } from "../src/campaign/program.ts";
import type { Zone } from "../src/campaign/calendar.ts";
import type { Numbered } from "./messages.ts";

/** The activities that the workflows need; activities/index.ts satisfies it. No personal data crosses here. */
export interface CohortActivities {
  /** the machine's part of a program, by hash */
  loadCode(program: string): Promise<Code>;
  /** decides and stores one step for many members, in one transaction; safe to repeat */
  act(batch: Batch): Promise<Completed[]>;
  /** all members have ended */
  endCohort(run: string, cohort: number): Promise<void>;
  /** stepped clock only: the cohort has digested stimuli up to `number` and next has work at `due` (null: none) */
  park(run: string, cohort: number, number: number, due: Minute | null): Promise<void>;
}

export interface RunActivities {
  /** starts the next few cohorts that are not yet started; says how many are still to be started */
  startCohorts(run: string): Promise<number>;
  /** moves the run on by what SQL says (running → measuring → closed); says how long until it is worth asking again */
  settleRun(run: string): Promise<{ ended: boolean; lookAgainMinutes: number }>;
}

/** Ops of one step and occurrence, due in the same minute. */
export interface Batch {
  run: string;
  cohort: number;
  program: string;
  pc: number;
  occurrence: number;
  attempt: number;
  epoch: number;
  due: Minute;
  /** member numbers within the cohort */
  members: number[];
}

/** Members that share an outcome; `value` as in OUTCOMES. */
export interface Completed {
  outcome: number;
  at: Minute;
  value?: number;
  members: number[];
}

export interface CohortInput {
  run: string;
  cohort: number;
  program: string;
  size: number;
  zone: Zone;
  /** timer: real time; stepped: waits for `clock` stimuli only (demo clock) */
  clock: "timer" | "stepped";
  /** members come one by one, each by a `start` stimulus, until it is told to close */
  open?: boolean;
  /** when the members enter; unused once there are states */
  startAt: Minute;
  /** pauses of the run that were over by then; none when left out */
  resumes?: number;
  /** last stimulus number already digested */
  last: number;
  /** carried through continue-as-new; absent at the start */
  states?: number[][];
  /** stimuli that arrived before their predecessors */
  ahead?: Numbered[];
}

export interface CampaignRunInput {
  run: string;
}

/** Upkeep that the worker does by itself. */
export interface MaintenanceActivities {
  /** works out everybody's scores anew */
  scoreCustomers(): Promise<void>;
  /** looks at the segments for who came and who went */
  lookAtSegments(): Promise<void>;
}

export interface MaintenanceInput {
  what: "score" | "segments";
}

export interface LaunchActivities {
  /** launches what is due, unless that is decided already; above 0: after so long it is worth asking again */
  launchDue(campaign: string, due: Minute): Promise<{ waitMinutes: number }>;
}

export interface ScheduledLaunchInput {
  campaign: string;
}
