import { sql } from "kysely";
import type { Text } from "../campaign/program.ts";
import type { Database, Tx } from "./database.ts";

export interface CampaignSchedule {
  campaign: string;
  cron: string;
  timezone: string;
  overlap: "skip" | "queue" | "parallel";
  /** minutes */
  catchUp: number;
  wanted: "on" | "paused" | "off";
  /** launches due before are none of its business */
  since: Date;
  confirmedBy: string | null;
}

const COLUMNS = sql`campaign, cron, timezone, overlap, catch_up as "catchUp", wanted, since, confirmed_by as "confirmedBy"`;

export async function loadSchedules(db: Database | Tx): Promise<CampaignSchedule[]> {
  const { rows } = await sql<CampaignSchedule>`
    select ${COLUMNS} from campaign_schedules where wanted <> 'off' order by campaign`.execute(db);
  return rows;
}

export async function loadSchedule(db: Database | Tx, campaign: string): Promise<CampaignSchedule | undefined> {
  const { rows } = await sql<CampaignSchedule>`
    select ${COLUMNS} from campaign_schedules where campaign = ${campaign} and wanted <> 'off'`.execute(db);
  return rows[0];
}

export async function saveSchedule(tx: Tx, schedule: CampaignSchedule, at: Date): Promise<void> {
  const { campaign, cron, timezone, overlap, catchUp, wanted, since, confirmedBy } = schedule;
  await sql`
    insert into campaign_schedules (campaign, cron, timezone, overlap, catch_up, wanted, since, confirmed_by, confirmed_at)
    values (${campaign}, ${cron}, ${timezone}, ${overlap}, ${catchUp}, ${wanted}, ${since}, ${confirmedBy},
      ${confirmedBy === null ? null : at})
    on conflict (campaign) do update
      set cron = excluded.cron, timezone = excluded.timezone, overlap = excluded.overlap, catch_up = excluded.catch_up,
        wanted = excluded.wanted, known = false, since = excluded.since, confirmed_by = excluded.confirmed_by,
        confirmed_at = excluded.confirmed_at`.execute(tx);
}

/** Those that Temporal has yet to be told of, also of their end. */
export async function loadUnknown(db: Database): Promise<CampaignSchedule[]> {
  const { rows } = await sql<CampaignSchedule>`
    select ${COLUMNS} from campaign_schedules where not known order by campaign`.execute(db);
  return rows;
}

/** Temporal does as the row says, if that still says the same. */
export async function saveKnown(db: Database, told: CampaignSchedule): Promise<void> {
  await sql`
    update campaign_schedules set known = true
    where campaign = ${told.campaign} and wanted = ${told.wanted} and cron = ${told.cron}
      and timezone = ${told.timezone} and overlap = ${told.overlap} and catch_up = ${told.catchUp}`.execute(db);
}

/** Temporal may have lost what it was told. */
export async function forgetKnown(db: Database): Promise<void> {
  await sql`update campaign_schedules set known = false where known`.execute(db);
}

export interface LaunchRow {
  due: Date;
  outcome: "launched" | "waiting" | "skipped" | "refused";
  run: string | null;
  reason: Text | null;
  at: Date;
}

export async function loadLaunches(db: Database | Tx, campaign: string, since: Date): Promise<LaunchRow[]> {
  const { rows } = await sql<LaunchRow>`
    select due, outcome, run, reason, at from launches where campaign = ${campaign} and due >= ${since} order by due`.execute(
    db,
  );
  return rows;
}

export async function saveLaunch(
  tx: Database | Tx,
  campaign: string,
  { due, outcome, run, reason, at }: LaunchRow,
): Promise<void> {
  await sql`
    insert into launches (campaign, due, outcome, run, reason, at)
    values (${campaign}, ${due}, ${outcome}, ${run}, ${reason && JSON.stringify(reason)}::jsonb, ${at})
    on conflict (campaign, due) do update
      set outcome = excluded.outcome, run = excluded.run, reason = excluded.reason, at = excluded.at`.execute(tx);
}
