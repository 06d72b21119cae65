import type { WorkflowHandle } from "@temporalio/client";
import type { Zone } from "../../src/campaign/calendar.ts";
import type { Minute } from "../../src/campaign/program.ts";
import type { Traced } from "../../src/simulate/drive.ts";
import type { CohortInput } from "../../workflows/contract.ts";
import type { Numbered } from "../../workflows/messages.ts";
import { stimuliSignal } from "../../workflows/signals.ts";
import type { Script } from "./members.ts";
import type { Stage } from "./stage.ts";

/** Input of a cohort that has not begun. */
export function fresh(
  cohort: number,
  size: number,
  zone: Zone,
  startAt: Minute,
  clock: CohortInput["clock"],
): CohortInput {
  return { run: "trace", cohort, program: "-", size, zone, clock, startAt, last: 0 };
}

/** Waits for something that the workflow or its activities bring about. */
export async function seen(happened: () => boolean): Promise<void> {
  while (!happened()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** The cohort has digested all that was said to it, and has nothing out. */
export function atRest(stage: Stage): boolean {
  return stage.ended || stage.rest.number === stage.lastNumber;
}

/** All that happens in the next minute in which anything does: takes its part from the script, and the clock if work falls due. */
export function nextStimuli(stage: Stage, script: Script[]): Numbered[] {
  const due = stage.rest.due ?? Infinity;
  const at = Math.min(due, script[0]?.at ?? Infinity);
  if (at === Infinity) throw new Error("the cohort waits, and nothing will ever happen");
  const batch: Numbered[] = [];
  while (script[0]?.at === at) {
    const { member, stimulus } = script.shift()!;
    batch.push(stage.say(member, stimulus));
  }
  if (due === at) batch.push(stage.say(-1, { kind: "clock", at }));
  return batch;
}

/** Puts the stepped clock forward whenever the cohort is at rest, until it has ended or `left` says to leave it. */
export async function play(handle: WorkflowHandle, stage: Stage, script: Script[], left = () => false): Promise<void> {
  for (;;) {
    await seen(() => atRest(stage) || left());
    if (stage.ended || left()) return;
    await handle.signal(stimuliSignal, nextStimuli(stage, script));
  }
}

/** Threads that act in the same minute have no order among themselves. */
export function ordered(traces: Traced[][]): Traced[][] {
  return traces.map((trace) =>
    [...trace].sort((a, b) => a.at - b.at || a.step.localeCompare(b.step) || a.attempt - b.attempt),
  );
}
