import type { Home } from "../../campaign/library.ts";
import { readClock } from "../../store/clock.ts";
import type { Database } from "../../store/database.ts";
import { noteNext, savePlanned, UPKEEP, type Upkeep } from "../../store/maintenance.ts";
import { saveScheduled } from "../../store/segment-watch.ts";
import type { Temporal } from "../../temporal/client.ts";
import { describeSchedule, ensureSchedule, type Plan, removeSchedule } from "../../temporal/schedule.ts";

/** Unless rules/home.json says otherwise; in the home's zone. */
const USUAL: Record<Upkeep, string> = { score: "30 2 * * *", segments: "0 * * * *" };
/** Scores missed at night are still worth having in the morning; the next look at segments is never far. */
const CATCH_UP: Record<Upkeep, Plan["catchupWindow"]> = { score: "12 hours", segments: "1 hours" };

export interface Scheduling {
  db: Database;
  temporal: Temporal;
  schema: string;
  home: Pick<Home, "timezone" | "schedules">;
}

/**
 * Makes Temporal start upkeep when rules/home.json says. Called by each worker as it starts; any number of times is like
 * once. A clock that is stepped or fast has no upkeep: its days are over before it could be done.
 */
export async function ensureSchedules({ db, temporal, schema, home }: Scheduling): Promise<void> {
  const { rate } = await readClock(db);
  for (const what of UPKEEP) {
    const cron = rate === 1 ? (home.schedules?.[what] ?? USUAL[what]) : "off";
    const id = scheduleId(schema, what);
    if (cron === "off") {
      await removeSchedule(temporal, id);
      if (what === "segments") await saveScheduled(db, []);
      await savePlanned(db, { what, cron: null, timezone: null, nextAt: null });
      continue;
    }
    const { timezone } = home;
    await ensureSchedule(temporal, {
      ...{ id, cron, timezone, workflow: "maintenance", args: [{ what }] },
      ...{ overlap: "skip", catchupWindow: CATCH_UP[what] },
    });
    await savePlanned(db, { what, cron, timezone, nextAt: await nextTime(temporal, schema, what) });
  }
}

/** Notes for `data status` when it is next due. */
export async function refreshNextTime({ db, temporal, schema }: Scheduling, what: Upkeep): Promise<void> {
  const at = await nextTime(temporal, schema, what);
  await noteNext(db, what, at);
}

async function nextTime(temporal: Temporal, schema: string, what: Upkeep): Promise<Date | null> {
  return (await describeSchedule(temporal, scheduleId(schema, what)))?.nextAt ?? null;
}

function scheduleId(schema: string, what: Upkeep): string {
  return `${schema}/${what}`;
}
