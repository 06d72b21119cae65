import { DAY } from "../src/campaign/calendar.ts";
import { sql } from "kysely";
import type { Program } from "../src/campaign/program.ts";
import { readClock } from "../src/store/clock.ts";
import { expireCoupons } from "../src/store/coupon.ts";
import { type Database, transaction } from "../src/store/database.ts";
import { loadDocument } from "../src/store/document.ts";
import { closeRun, loadRun, measuringUntil, setRunStatus } from "../src/store/run.ts";
import type { Temporal } from "../src/temporal/client.ts";
import { startLaunched } from "../src/temporal/start.ts";
import type { RunActivities } from "../workflows/contract.ts";
import { lookAtExits } from "./exit-look.ts";
import { closeReachedRows } from "./plan-row.ts";
import { raiseWatches } from "./watch.ts";

/** A run hears of its last cohort's end; it looks by itself in case of what it did not hear. */
const LOOK_AGAIN_MINUTES = 7 * DAY;
/** One that others may end at any moment, or whose members come and go or wait in line, looks more often. */
const STANDING_MINUTES = 6 * 60;
const SOON_MINUTES = 1 / 60;

interface Dependencies {
  db: Database;
  temporal: Temporal;
  schema: string;
  /** of titles that people read; zh-CN when left out */
  locale?: "en" | "zh-CN";
}

export function createRunActivities({ db, temporal, schema, locale = "zh-CN" }: Dependencies): RunActivities {
  const activities: RunActivities = {
    async startCohorts(runId) {
      const run = await loadRun(db, runId);
      if (run.status !== "starting" && run.status !== "running" && run.status !== "paused") return 0;
      const left = await startLaunched(db, temporal, schema, runId);
      if (left > 0) return left;
      await setRunStatus(db, runId, ["starting"], "running");
      return 0;
    },

    async settleRun(runId) {
      const exitIn = await lookAtExits(db, runId);
      // in lots, as at launch: the next look starts what is left
      const toStart = await activities.startCohorts(runId);
      return transaction(db, async (tx) => {
        const run = await loadRun(tx, runId, "for update");
        if (run.status === "closed" || run.status === "stopped") return { ended: true, lookAgainMinutes: 0 };
        const { now } = await readClock(tx);
        await expireCoupons(tx, runId, now);
        const program = await loadDocument<Program>(tx, run.program);
        const watchIn = Math.min(
          await raiseWatches(tx, run, program, now, locale),
          await closeReachedRows(tx, run, program, now),
        );
        const { rows } = await sql<{ live: boolean; waiting: boolean }>`
          select exists (select 1 from enrolments where run = ${runId} and arm = 'treatment' and status = 'live') as live,
            exists (select 1 from entries where run = ${runId} and status = 'waiting') as waiting`.execute(tx);
        const { live, waiting } = rows[0]!;
        const atMost = run.standing || run.drainingAt || waiting ? STANDING_MINUTES : LOOK_AGAIN_MINUTES;
        const lookAgain = toStart > 0 ? SOON_MINUTES : Math.min(atMost, watchIn, exitIn);
        if (live || waiting || (run.standing && !run.drainingAt)) return { ended: false, lookAgainMinutes: lookAgain };
        const until = await measuringUntil(tx, runId);
        if (until > now) {
          await setRunStatus(tx, runId, ["running"], "measuring");
          return {
            ended: false,
            lookAgainMinutes: Math.min(watchIn, Math.ceil((until.getTime() - now.getTime()) / 60_000)),
          };
        }
        await closeRun(tx, runId, now);
        return { ended: true, lookAgainMinutes: 0 };
      });
    },
  };
  return activities;
}
