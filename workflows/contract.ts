import type { Code, Minute } from "../src/campaign/program.ts";
import type { Zone } from "../src/campaign/calendar.ts";

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
  /** starts cohorts from `from` on that are not yet started, paced; says how many there are in all */
  startCohorts(run: string): Promise<number>;
  /** moves the run on by what SQL says: running → measuring → closed; says where it is and when to look again */
  settleRun(run: string): Promise<{ status: "running" | "measuring" | "closed" | "stopped"; lookAgainMinutes: number }>;
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
  /** last stimulus number already digested */
  last: number;
  /** carried through continue-as-new; absent at the start */
  states?: number[][];
}

export interface CampaignRunInput {
  run: string;
}
