import { sql } from "kysely";
import { InputError } from "../../fault.ts";
import { loadLaunches, loadSchedule, saveLaunch } from "../../store/campaign-schedule.ts";
import { now, timeOf } from "../../store/clock.ts";
import { type Database, transaction, type Tx } from "../../store/database.ts";
import type { LaunchActivities } from "../../../workflows/contract.ts";
import { lockGroupOf } from "../../store/entry.ts";
import { launchIn, type Reach, watchSegment } from "../run/launch.ts";

const LOOK_AGAIN_MINUTES = 5;
const BUSY = { en: "the run before was under way", "zh-CN": "上一次运行尚未结束" };
const QUEUED = { en: "another launch was waiting already", "zh-CN": "已有一次启动在等待" };
const OFF = { en: "the schedule was paused or removed", "zh-CN": "定时已暂停或移除" };

/** Launches that Temporal starts at times: each time is decided once, and what became of it is kept. */
export function createLaunching({ db, reach }: { db: Database; reach: Reach }): LaunchActivities {
  return {
    async launchDue(campaign, dueMinute) {
      const due = timeOf(dueMinute);
      await watchSegment(db, campaign);
      try {
        return await transaction(db, (tx) => decide(tx, campaign, due, reach));
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        // nothing was launched, and trying again would not help: somebody has to look
        const reason = error.faults[0]!.message;
        await saveLaunch(db, campaign, { due, outcome: "refused", run: null, reason, at: await now(db) });
        return { waitMinutes: 0 };
      }
    },
  };
}

async function decide(tx: Tx, campaign: string, due: Date, reach: Reach): Promise<{ waitMinutes: number }> {
  await lockGroupOf(tx, campaign);
  // launches of a campaign wait for one another
  await sql`select 1 from campaigns where id = ${campaign} for update`.execute(tx);
  const at = await now(tx);
  const launches = await loadLaunches(tx, campaign, new Date(0));
  const own = launches.find((launch) => launch.due.getTime() === due.getTime());
  if (own && own.outcome !== "waiting") return { waitMinutes: 0 };
  const skip = async (reason: typeof BUSY) => {
    await saveLaunch(tx, campaign, { due, outcome: "skipped", run: null, reason, at });
    return { waitMinutes: 0 };
  };
  const schedule = await loadSchedule(tx, campaign);
  if (schedule?.wanted !== "on") return skip(OFF);
  if (schedule.overlap !== "parallel" && (await isUnderWay(tx, campaign))) {
    if (schedule.overlap === "skip") return skip(BUSY);
    if (launches.some((launch) => launch.outcome === "waiting" && launch.due < due)) return skip(QUEUED);
    await saveLaunch(tx, campaign, { due, outcome: "waiting", run: null, reason: null, at });
    return { waitMinutes: LOOK_AGAIN_MINUTES };
  }
  const confirmed = schedule.confirmedBy !== null;
  const { run } = await launchIn(tx, { campaign, reach, confirmed, acceptStale: false });
  await saveLaunch(tx, campaign, { due, outcome: "launched", run, reason: null, at });
  return { waitMinutes: 0 };
}

async function isUnderWay(tx: Tx, campaign: string): Promise<boolean> {
  const { rows } = await sql<{ busy: boolean }>`
    select exists (
      select 1 from runs where campaign = ${campaign} and status in ('starting', 'running', 'paused')) as busy`.execute(
    tx,
  );
  return rows[0]!.busy;
}
