import { createHash } from "node:crypto";
import type { Client, ScheduleDescription } from "@temporalio/client";
import type { Temporal } from "./client.ts";
import { refusedAs } from "./refusal.ts";

/** Something that is to start at times. */
export interface Plan {
  /** unique in the Temporal namespace: begin it with the schema */
  id: string;
  /** minute, hour, day of month, month, day of week */
  cron: string;
  /** IANA zone that the cron is read in, across daylight saving */
  timezone: string;
  /** name of the workflow that each time starts; its id is `id` with the time appended */
  workflow: string;
  args: unknown[];
  /** what happens when the one before is still running */
  overlap: "skip" | "buffer-one" | "allow-all";
  /** how late a start may be made up for after the server was away: "10 minutes" */
  catchupWindow: `${number} ${"minutes" | "hours" | "days"}`;
}

export interface ScheduleState {
  /** when the next one is due; absent when paused for good or over */
  nextAt?: Date;
  /** when the latest one was taken */
  lastAt?: Date;
  paused: boolean;
  running: boolean;
  /** starts that the server's absence made too late */
  missed: number;
  /** starts left out because the one before was still running */
  skipped: number;
}

const OVERLAP = { skip: "SKIP", "buffer-one": "BUFFER_ONE", "allow-all": "ALLOW_ALL" } as const;

/**
 * Makes the schedule be as planned. Safe to call at each start and by several at once: one that is as planned already is
 * left alone, and whoever paused it finds it paused.
 */
export async function ensureSchedule(
  { client, taskQueue }: Pick<Temporal, "client" | "taskQueue">,
  plan: Plan,
): Promise<"created" | "changed" | "same"> {
  const planned = createHash("sha256")
    .update(JSON.stringify([plan, taskQueue]))
    .digest("hex");
  const options = {
    spec: { cronExpressions: [plan.cron], timezone: plan.timezone },
    policies: { overlap: OVERLAP[plan.overlap], catchupWindow: plan.catchupWindow },
    action: {
      type: "startWorkflow" as const,
      workflowType: plan.workflow,
      workflowId: plan.id,
      taskQueue,
      args: plan.args,
      // the server keeps the cron as calendars: by this we know again what we have asked for
      memo: { planned },
    },
  };
  const handle = client.schedule.getHandle(plan.id);
  for (let attempt = 1; ; attempt++) {
    try {
      const before = await describe(client, plan.id);
      if (!before) {
        await client.schedule.create({ scheduleId: plan.id, ...options });
        return "created";
      }
      if (before.action.memo?.["planned"] === planned) return "same";
      await handle.update((previous) => ({ ...options, state: previous.state }));
      return "changed";
    } catch (error) {
      // another process created or removed it meanwhile: look again
      const raced = refusedAs(error, "ScheduleAlreadyRunning", "ScheduleNotFoundError");
      if (!raced || attempt >= 5) throw error;
    }
  }
}

/** @returns whether there was one */
export async function removeSchedule({ client }: Pick<Temporal, "client">, id: string): Promise<boolean> {
  try {
    await client.schedule.getHandle(id).delete();
    return true;
  } catch (error) {
    if (refusedAs(error, "ScheduleNotFoundError")) return false;
    throw error;
  }
}

/** Undefined when there is none. */
export async function describeSchedule(
  { client }: Pick<Temporal, "client">,
  id: string,
): Promise<ScheduleState | undefined> {
  const found = await describe(client, id);
  if (!found) return undefined;
  const { info, state } = found;
  const [nextAt, lastAt] = [info.nextActionTimes[0], info.recentActions.at(-1)?.takenAt];
  return {
    ...(nextAt && { nextAt }),
    ...(lastAt && { lastAt }),
    paused: state.paused,
    running: info.runningActions.length > 0,
    missed: info.numActionsMissedCatchupWindow,
    skipped: info.numActionsSkippedOverlap,
  };
}

async function describe(client: Client, id: string): Promise<ScheduleDescription | undefined> {
  try {
    return await client.schedule.getHandle(id).describe();
  } catch (error) {
    if (refusedAs(error, "ScheduleNotFoundError")) return undefined;
    throw error;
  }
}
