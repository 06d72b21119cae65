import type { Minute } from "../src/campaign/program.ts";

/**
 * What reaches the machine besides op completions. Ids and codes only: these lie in workflow histories.
 * All `at` are minutes of the clock when the cause was decided.
 */
export type Stimulus =
  /** `resumes`: pauses of the run that were over before; `paused`: the run stands still */
  | { kind: "start"; at: Minute; resumes?: number; paused?: boolean }
  /** time has come to `at` */
  | { kind: "clock"; at: Minute }
  /**
   * the wait of op (pc, occurrence) was met; `value` as in OUTCOMES. With outcome `deferred`: what the op was put off for
   * is over, it is to be asked again at once; `value` is the attempt that was put off
   */
  | { kind: "met"; at: Minute; pc: number; occurrence: number; outcome: number; value?: number }
  /** the goal was met: epoch rises, threads are dropped; `pc` -1 ends the enrolment */
  | { kind: "convert"; at: Minute; epoch: number; pc: number }
  | { kind: "pause"; at: Minute }
  | { kind: "resume"; at: Minute }
  /** enrolment ended from outside (stop, erase) */
  | { kind: "end"; at: Minute };

/** No further members will come to an open cohort. */
export interface Close {
  kind: "close";
  at: Minute;
}

/** A stimulus on its way to a cohort; `member` -1 means every member. */
export interface Numbered {
  number: number;
  member: number;
  stimulus: Stimulus | Close;
}

/** Names of what workflows are told by, here for those who tell and load no workflow library. */
export const SIGNALS = { stimuli: "stimuli", look: "look" } as const;
