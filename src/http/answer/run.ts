import { z } from "zod";
import { RUN_STATUSES } from "../../store/run.ts";
import { text, time } from "../schema.ts";

const count = z.number().int();
const counts = z.record(z.string(), count);

export const runLine = z
  .object({
    run: z.string(),
    campaign: z.string(),
    status: z.enum(RUN_STATUSES),
    launchedAt: time,
    ...{ treated: count, holdout: count, live: count, converted: count },
    waiting: count.meta({ description: "chosen, and will enter when there is room" }),
    draining: z.boolean().meta({ description: "nobody enters any more" }),
    standing: z.boolean().meta({ description: "members join one by one" }),
    settling: count,
  })
  .meta({ id: "RunLine" });

export const runHead = z.object({
  run: z.string(),
  campaign: z.string(),
  name: text,
  program: z.string(),
  status: z.enum(RUN_STATUSES),
  launchedAt: time,
  closedAt: time.nullable(),
  now: time,
  timezone: z.string(),
  currency: z.string(),
  phases: z.array(z.object({ id: z.string(), start: z.string(), days: count, shiftedBy: count })),
  pauses: count,
  staleData: z.array(z.looseObject({})),
});

/** `campaign status RUN`, src/report/status.ts. */
export const runStatus = z
  .object({
    head: runHead,
    line: runLine,
    positions: z.array(z.object({ step: z.string(), members: count })),
    ended: counts.meta({ description: "by reason" }),
    messages: counts.meta({ description: "by status" }),
    tasks: counts,
    plan: counts,
    missed: z.object({ days: count, customers: count, latest: z.string().nullable() }).meta({
      description: "of a date trigger: days on which nothing ran, for which it is too late; whose days they were",
    }),
    backlog: z.object({ cohortsToStart: count, stimuliUnsent: count, eventsUnreacted: count }),
  })
  .meta({ id: "RunStatus" });

/** `campaign run`, src/operate/run/launch.ts. */
export const launched = z
  .object({
    run: z.string(),
    ...{ treatment: count, holdout: count, cohorts: count },
    waiting: count.meta({ description: "chosen, but to enter later" }),
    standing: z.boolean().meta({ description: "nobody yet: the campaign's trigger brings members one by one" }),
  })
  .meta({ id: "Launched" });

/** Where a run has been brought. */
export const moved = z.object({ run: z.string(), status: z.enum(RUN_STATUSES) });

export const drained = z.object({
  run: z.string(),
  dropped: count.meta({ description: "stood in line, and now stays out" }),
  live: count.meta({ description: "inside, and finishes" }),
});

export const migrated = z
  .object({
    run: z.string(),
    ...{ was: z.string(), became: z.string(), preview: z.boolean(), members: count },
    places: z.array(z.object({ from: z.string(), to: z.string().nullable(), members: count })),
  })
  .meta({ id: "Migrated" });

export const recovered = z
  .object({
    run: z.string(),
    restarted: count.meta({ description: "cohorts whose workflow was gone and has been started again" }),
    ...{ running: count, members: count, runRestarted: z.boolean() },
  })
  .meta({ id: "Recovered" });
