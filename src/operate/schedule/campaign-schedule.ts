import { DAY } from "../../campaign/calendar.ts";
import { cronTimes } from "../../campaign/cron.ts";
import { inMinutes } from "../../campaign/duration.ts";
import type { Program, Trigger } from "../../campaign/program.ts";
import { triggerOf } from "../../campaign/trigger.ts";
import { refuse } from "../../fault.ts";
import { lockApplied } from "../../store/campaign.ts";
import {
  type CampaignSchedule,
  forgetKnown,
  type LaunchRow,
  loadLaunches,
  loadSchedule,
  loadSchedules,
  loadUnknown,
  saveKnown,
  saveSchedule,
} from "../../store/campaign-schedule.ts";
import { minuteOf, now, readClock, timeOf } from "../../store/clock.ts";
import { type Database, transaction, type Tx } from "../../store/database.ts";
import { loadDocument } from "../../store/document.ts";
import { zoneAround } from "../../store/zone.ts";
import type { Temporal } from "../../temporal/client.ts";
import { ensureSchedule, removeSchedule } from "../../temporal/schedule.ts";
import { notApproved } from "../campaign/approve.ts";
import { notApplied } from "../campaign/campaign.ts";
import type { Reach } from "../run/launch.ts";

export interface ScheduleOptions {
  campaign: string;
  /** whom mail of this installation can reach */
  reach: Reach;
  /** who says yes to reaching real people at each of these times; undefined: nobody */
  confirmedBy?: string;
}

/**
 * From now on the applied campaign is launched at its trigger's times; a worker has Temporal do so. The yes that each
 * launch by hand needs is asked for once, and kept.
 * @throws InputError when the campaign is not applied or has no schedule
 */
export async function scheduleCampaign(db: Database, options: ScheduleOptions): Promise<CampaignSchedule> {
  const { campaign, reach, confirmedBy } = options;
  return transaction(db, async (tx) => {
    const trigger = await scheduleOf(tx, campaign);
    const { now: at, rate } = await readClock(tx);
    if (rate !== 1) {
      throw refuse(campaign, {
        en: "the clock of a demo is put forward by hand; launch by hand too: rekindle campaign run",
        "zh-CN": "演示时钟由人工推进，请手动启动：rekindle campaign run",
      });
    }
    if (reach === "everybody" && confirmedBy === undefined) {
      throw refuse(campaign, {
        en: "this would write to real customers at each of its times; say --yes, or set SAFE_RECIPIENTS to divert all mail to yourself",
        "zh-CN": "此操作将按时联系真实客户；请加 --yes 确认，或设置 SAFE_RECIPIENTS 将邮件改发给自己",
      });
    }
    const schedule: CampaignSchedule = {
      campaign,
      ...timesOf(trigger),
      wanted: "on",
      since: at,
      confirmedBy: confirmedBy ?? null,
    };
    await saveSchedule(tx, schedule, at);
    return schedule;
  });
}

/** Pauses, resumes or ends a schedule; a launch that is due while it is paused is left out. */
export async function setSchedule(
  db: Database,
  campaign: string,
  wanted: CampaignSchedule["wanted"],
): Promise<CampaignSchedule> {
  return transaction(db, async (tx) => {
    const schedule = await loadSchedule(tx, campaign);
    if (!schedule) {
      throw refuse(
        campaign,
        { en: "this campaign is not scheduled", "zh-CN": "该活动没有定时" },
        { en: `rekindle campaign schedule ${campaign}`, "zh-CN": `rekindle campaign schedule ${campaign}` },
      );
    }
    const at = await now(tx);
    const changed = { ...schedule, wanted, ...(wanted === "on" && schedule.wanted !== "on" && { since: at }) };
    await saveSchedule(tx, changed, at);
    return changed;
  });
}

/** A campaign that is applied anew keeps its schedule, with the new times; without times in it, it loses it. */
export async function followApplied(tx: Tx, campaign: string, program: Program, at: Date): Promise<void> {
  const schedule = await loadSchedule(tx, campaign);
  if (!schedule) return;
  const trigger = triggerOf(program);
  const times = trigger.kind === "schedule" ? timesOf(trigger) : undefined;
  if (times && Object.entries(times).every(([key, value]) => schedule[key as keyof typeof times] === value)) return;
  await saveSchedule(tx, { ...schedule, ...(times ? { ...times, since: at } : { wanted: "off" }) }, at);
}

async function scheduleOf(tx: Tx, campaign: string): Promise<Extract<Trigger, { kind: "schedule" }>> {
  const applied = await lockApplied(tx, campaign);
  if (!applied) throw await notApplied(tx, campaign);
  if (!applied.approved) throw notApproved(campaign, applied);
  const trigger = triggerOf(await loadDocument<Program>(tx, applied.program));
  if (trigger.kind === "schedule") return trigger;
  throw refuse(
    campaign,
    { en: "its trigger has no schedule", "zh-CN": "其触发方式不是定时" },
    {
      en: '"trigger": { "schedule": { "at": "10:00", "day": 1 } }, then apply; or launch by hand: rekindle campaign run',
      "zh-CN": '"trigger": { "schedule": { "at": "10:00", "day": 1 } }，然后 apply；或手动启动：rekindle campaign run',
    },
  );
}

function timesOf({ cron, timezone, overlap, catchUp }: Extract<Trigger, { kind: "schedule" }>) {
  return { cron, timezone, overlap, catchUp: inMinutes(catchUp) };
}

export interface ScheduleState extends CampaignSchedule {
  next: Date | null;
  /** latest last, at most ten */
  launches: LaunchRow[];
  /** times at which nothing happened, since no worker or server was there to launch, and for which it is too late; latest last */
  missed: Date[];
}

const YEAR = 366 * DAY;
const MOST_MISSED = 100;
/** a launch takes its time */
const GRACE_MINUTES = 5;

/** From rows alone, so it answers even when every worker is down. */
export async function listSchedules(db: Database | Tx): Promise<ScheduleState[]> {
  const at = minuteOf(await now(db));
  const states: ScheduleState[] = [];
  for (const schedule of await loadSchedules(db)) {
    const { campaign, cron, timezone, catchUp, wanted } = schedule;
    const since = Math.max(minuteOf(schedule.since), at - YEAR);
    const launches = await loadLaunches(db, campaign, timeOf(since));
    const known = new Set(launches.map((launch) => minuteOf(launch.due)));
    const zone = zoneAround(timezone, at);
    const tooLate = at - Math.max(catchUp, GRACE_MINUTES);
    const missed =
      wanted === "on" ? cronTimes(cron, zone, since, tooLate, YEAR).filter((time) => !known.has(time)) : [];
    const [next] = wanted === "on" ? cronTimes(cron, zone, at, at + YEAR, 1) : [];
    states.push({
      ...schedule,
      next: next === undefined ? null : timeOf(next),
      launches: launches.slice(-10),
      missed: missed.slice(-MOST_MISSED).map(timeOf),
    });
  }
  return states;
}

/** Makes Temporal do as the rows say. Called by workers again and again; with nothing new it is one query. */
export async function syncSchedules(db: Database, temporal: Temporal, schema: string): Promise<void> {
  for (const schedule of await loadUnknown(db)) {
    const { campaign, cron, timezone, catchUp, wanted } = schedule;
    const id = `${schema}/launch/${campaign}`;
    if (wanted === "on") {
      await ensureSchedule(temporal, {
        ...{ id, cron, timezone, workflow: "scheduledLaunch", args: [{ campaign }] },
        // whether a run is under way is decided where it is known, and kept with the reason
        overlap: "allow-all",
        catchupWindow: `${catchUp} minutes`,
      });
    } else await removeSchedule(temporal, id);
    await saveKnown(db, schedule);
  }
}

/** When a worker starts: Temporal may be another one than before. */
export async function resyncSchedules(db: Database): Promise<void> {
  if ((await readClock(db)).rate === 1) await forgetKnown(db);
}
