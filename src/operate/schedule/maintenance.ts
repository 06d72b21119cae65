import type { MaintenanceActivities } from "../../../workflows/contract.ts";
import { InputError } from "../../fault.ts";
import { now, readClock } from "../../store/clock.ts";
import type { Database } from "../../store/database.ts";
import { noteBegun, noteEnded, noteStep, type Upkeep } from "../../store/maintenance.ts";
import { forgetTakenChanges } from "../../store/segment-change.ts";
import { readLibrary } from "../rules/library.ts";
import { scoreBase } from "../score/score.ts";
import { readScoring } from "../score/scoring.ts";
import { lookAtAll } from "../segment/diff.ts";

/** Changes of segments that campaigns have acted on: long enough to look into what happened. */
const KEPT_MS = 30 * 86_400_000;

export interface MaintenanceOptions {
  db: Database;
  /** folder of rules/: read anew each time */
  rules: string;
  /** tells who wants to know when it is next due */
  onEnd?: (what: Upkeep) => Promise<void>;
}

/** What the worker does by itself, with a note for `data status`. */
export function createMaintenance(options: MaintenanceOptions): MaintenanceActivities {
  const { db, rules } = options;
  return {
    scoreCustomers: () =>
      noted(options, "score", async (step) => {
        const { library } = await readLibrary(rules);
        const { scoring, faults } = await readScoring(rules, library);
        if (faults.some(({ severity }) => severity === "error")) throw new InputError(faults);
        const { home } = library;
        const { bought, changes } = await scoreBase(db, { home, scoring, onStep: step });
        return `buyers=${bought.buyers} tiers-changed=${changes.tier} stages-changed=${changes.stage}`;
      }),
    lookAtSegments: () =>
      noted(options, "segments", async (step) => {
        const { library } = await readLibrary(rules);
        const looks = await lookAtAll(db, library, { scheduled: true, onSegment: step });
        await forgetTakenChanges(db, new Date((await now(db)).getTime() - KEPT_MS));
        const sum = (of: "entered" | "left") => looks.reduce((all, look) => all + look[of], 0);
        return `segments=${looks.length} came=${sum("entered")} left=${sum("left")}`;
      }),
  };
}

/**
 * Rules with faults end it: they fail again until somebody mends them, and the next time is planned. Anything else is
 * tried again by Temporal, to which only a code crosses.
 */
async function noted(
  { db, onEnd }: MaintenanceOptions,
  what: Upkeep,
  work: (step: (name: string) => void) => Promise<string>,
): Promise<void> {
  if ((await readClock(db)).rate !== 1) return;
  await noteBegun(db, what, await now(db));
  // a note that comes too late or not at all does no harm
  const step = (name: string) => void noteStep(db, what, name).catch(() => undefined);
  try {
    const note = await work(step);
    await noteEnded(db, what, { at: await now(db), outcome: "done", note });
  } catch (error) {
    const wrong = error instanceof InputError;
    const code = wrong ? "rules" : codeOf(error);
    await noteEnded(db, what, { at: await now(db), outcome: "failed", note: code });
    if (!wrong) throw new Error(code);
  } finally {
    await onEnd?.(what);
  }
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : error instanceof Error ? error.name : "error";
}
