import { type RawBuilder, sql } from "kysely";
import { DAY, localDay, toUtc } from "../../campaign/calendar.ts";
import { digitsOf } from "../../campaign/currency.ts";
import { paramValues } from "../../campaign/params.ts";
import type { Program } from "../../campaign/program.ts";
import { isStanding, triggerOf } from "../../campaign/trigger.ts";
import { refuse } from "../../fault.ts";
import { chosen, customerZones } from "../../store/audience.ts";
import { lockApplied } from "../../store/campaign.ts";
import { minuteOf, now, timeOf } from "../../store/clock.ts";
import { type Database, type Settled, transaction, type Tx } from "../../store/database.ts";
import { loadDocument } from "../../store/document.ts";
import { agesOf, loadStale, type Stale } from "../../store/freshness.ts";
import { type Entrant, enrol } from "../../store/enrol.ts";
import { admit, hasLine, lineUp, lockGroup, lockGroupOf } from "../../store/entry.ts";
import { triggerSegments } from "../../store/join/runs.ts";
import { lookAtSegment } from "../../store/membership.ts";
import { loadSegmentRule, saveTriggers } from "../../store/segment-watch.ts";
import { zoneAround } from "../../store/zone.ts";
import { notApproved } from "../campaign/approve.ts";
import { notApplied } from "../campaign/campaign.ts";

export interface LaunchOptions {
  campaign: string;
  /** at most so many customers, instead of the audience's own limit */
  limit?: number;
  /** whom mail of this installation can reach */
  reach: Reach;
  /** somebody has said yes to reaching real people */
  confirmed: boolean;
  /** launch although data is older than the campaign allows; recorded */
  acceptStale: boolean;
  /** parameters as they were typed: name to text */
  set?: Record<string, string>;
}

/** With the data that was accepted although it is old. */
interface Accepted extends LaunchOptions {
  stale: Stale[];
}

export type Reach = "inbox" | "safe-recipients" | "everybody";

export interface Launched {
  run: string;
  treatment: number;
  holdout: number;
  cohorts: number;
  /** chosen, but to enter later: taken by another campaign of the group, or more than may enter at once */
  waiting: number;
  /** nobody yet: the campaign's trigger brings members one by one */
  standing: boolean;
}

/**
 * Turns an applied campaign into a run, in one transaction: audience, arms, cohorts, phases, plan, budget. The worker
 * starts its workflows from these rows (wake "dispatch" afterwards).
 * @param settled called before the transaction ends
 * @throws InputError when the campaign is not applied or nobody would be enrolled
 */
export async function launch(db: Database, options: LaunchOptions, settled?: Settled<Launched>): Promise<Launched> {
  await watchSegment(db, options.campaign);
  return transaction(db, async (tx) => {
    const launched = await launchIn(tx, options);
    await settled?.(tx, launched);
    return launched;
  });
}

/** As `launch`, in the caller's transaction, and after `watchSegment`. */
export async function launchIn(tx: Tx, options: LaunchOptions): Promise<Launched> {
  await lockGroupOf(tx, options.campaign);
  const applied = await lockApplied(tx, options.campaign);
  if (!applied) throw await notApplied(tx, options.campaign);
  if (!applied.approved) throw notApproved(options.campaign, applied);
  const program = await loadDocument<Program>(tx, applied.program);
  const at = await now(tx);
  const accepted = { ...options, stale: await refuseStale(tx, program, at, options.acceptStale) };
  if (isStanding(program)) return stand(tx, program, applied.program, at, accepted);
  const run = await insertRun(tx, program, applied.program, at, accepted);
  // had already, unless the campaign was applied anew this very moment
  await lockGroup(tx, program.audience.exclusive?.group);
  const entrants = await chosenWithArms(tx, program, run, at, options.limit ?? program.audience.limit);
  if (hasLine(program)) {
    await lineUp(tx, program, run, entrants, at);
    await admit(tx, program, run, at);
  } else await enrol(tx, program, run, entrants, at);
  const launched = await countEnrolments(tx, run);
  if (launched.treatment + launched.holdout + launched.waiting === 0) {
    throw refuse(options.campaign, {
      en: "nobody is in the audience now; see: rekindle campaign plan",
      "zh-CN": "目前没有符合条件的客户；请查看：rekindle campaign plan",
    });
  }
  if (options.reach === "everybody" && !options.confirmed) throw unconfirmed(run, launched.reached);
  await insertPlan(tx, program, run, at);
  await insertMeans(tx, program, run);
  const { reached: _, ...counts } = launched;
  return { run, ...counts, standing: false };
}

/** Those who are in a trigger's segment at its first look have not come in: only who comes, or goes, after it. */
export async function watchSegment(db: Database, campaign: string): Promise<void> {
  const { rows } = await sql<{ program: string }>`select program from campaigns where id = ${campaign}`.execute(db);
  if (!rows[0]) return;
  const program = await loadDocument<Program>(db, rows[0].program);
  const trigger = triggerOf(program);
  if (trigger.kind !== "segment" || (await loadSegmentRule(db, trigger.segment))) return;
  await lookAtSegment(db, trigger.segment, { rule: trigger.rule, homeZone: program.timezone });
}

/** Opens a run that members join one by one; a campaign has one that takes them. */
async function stand(tx: Tx, program: Program, hash: string, at: Date, options: Accepted): Promise<Launched> {
  const { rows } = await sql<{ id: string }>`
    select id from runs
    where campaign = ${program.campaign} and standing and draining_at is null and status in ('starting', 'running', 'paused')`.execute(
    tx,
  );
  if (rows[0]) {
    throw refuse(rows[0].id, {
      en: "this campaign is active already; drain or stop that run first",
      "zh-CN": "该活动已在运行；请先收尾（drain）或停止（stop）该运行",
    });
  }
  const run = await insertRun(tx, program, hash, at, options);
  if (options.reach === "everybody" && !options.confirmed) {
    throw refuse(run, {
      en: "this would write to real customers as they join; say --yes, or set SAFE_RECIPIENTS to divert all mail to yourself",
      "zh-CN": "此操作将联系随时加入的真实客户；请加 --yes 确认，或设置 SAFE_RECIPIENTS 将邮件改发给自己",
    });
  }
  await sql`update runs set standing = true where id = ${run}`.execute(tx);
  await saveTriggers(tx, await triggerSegments(tx));
  await insertMeans(tx, program, run);
  return { run, treatment: 0, holdout: 0, cohorts: 0, waiting: 0, standing: true };
}

/** A launch that can reach real people needs a yes that knows the head count, each time anew. */
function unconfirmed(run: string, treatment: number): Error {
  return refuse(run, {
    en: `this would write to ${treatment} real customers; say --yes, or set SAFE_RECIPIENTS to divert all mail to yourself`,
    "zh-CN": `此操作将联系 ${treatment} 位真实客户；请加 --yes 确认，或设置 SAFE_RECIPIENTS 将邮件改发给自己`,
  });
}

/** @returns what was accepted although it is old */
async function refuseStale(tx: Tx, program: Program, at: Date, accepted: boolean): Promise<Stale[]> {
  const stale = await loadStale(tx, program, at);
  if (stale.length === 0 || accepted) return stale;
  throw refuse("audience/maxDataAge", {
    en: `data is older than the campaign allows (${agesOf(stale, "en")}); bring it up to date or say --accept-stale`,
    "zh-CN": `数据已超过活动允许的时限（${agesOf(stale, "zh-CN")}）；请更新数据，或加 --accept-stale`,
  });
}

async function insertRun(tx: Tx, program: Program, hash: string, at: Date, options: Accepted): Promise<string> {
  const { exclusive, exitWhen } = program.audience;
  const params = paramValues(program.params ?? {}, options.set ?? {}, digitsOf(program.currency));
  const { rows } = await sql<{ run: string }>`
    insert into runs (id, campaign, program, status, launched_at, launch_day, stale_accepted, stale, exclusive_group, priority, exits, lined, params)
    select ${program.campaign} || '-' || (count(*) + 1), ${program.campaign}, ${hash}, 'starting', ${at},
           ${localDayOf(at, program.timezone)}, ${options.stale.length > 0}, ${JSON.stringify(options.stale)}::jsonb, ${exclusive?.group ?? null}, ${exclusive?.priority ?? 0},
           ${exitWhen !== undefined}, ${hasLine(program)}, ${JSON.stringify(params)}::jsonb
    from runs where campaign = ${program.campaign}
    returning id as run`.execute(tx);
  return rows[0]!.run;
}

/**
 * Whoever is chosen, with arms: the holdout is the stated share with the smallest hash of run and customer, so it can be
 * recomputed by anyone.
 */
async function chosenWithArms(
  tx: Tx,
  program: Program,
  run: string,
  at: Date,
  limit: number | undefined,
): Promise<RawBuilder<Entrant>> {
  return sql`
    select id, '' as key, 1 as entry, '{}'::jsonb as trigger, zone, number,
           case when row_number() over (order by md5(${run} || ':' || id)) <= floor(${program.audience.holdout}::numeric * count(*) over ())
             then 'holdout' else 'treatment' end as arm
    from (${chosen(program, at, limit, await customerZones(tx))}) c`;
}

async function countEnrolments(tx: Tx, run: string) {
  const { rows } = await sql<Omit<Launched, "run" | "standing"> & { reached: number }>`
    select count(*) filter (where arm = 'treatment')::int as treatment, count(*) filter (where arm = 'holdout')::int as holdout,
           count(distinct cohort)::int as cohorts, w.waiting, count(*) filter (where arm = 'treatment')::int + w.reached as reached
    from enrolments right join (
      select count(*)::int as waiting, count(*) filter (where arm = 'treatment')::int as reached
      from entries where run = ${run} and status = 'waiting'
    ) w on run = ${run}
    group by w.waiting, w.reached`.execute(tx);
  return rows[0]!;
}

/** Phases by local day, and a task for each plan row, due at the end of its last day. */
async function insertPlan(tx: Tx, program: Program, run: string, at: Date): Promise<void> {
  let day = localDayOf(at, program.timezone);
  const phases = program.phases.map((phase, index) => {
    const row = { phase: index, id: phase.id, day, days: phase.days };
    day += phase.days;
    return row;
  });
  await sql`
    insert into run_phases (run, phase, id, planned_day, start_day, days)
    select ${run}, phase, id, day, day, days
    from jsonb_to_recordset(${JSON.stringify(phases)}::jsonb) as p (phase int, id text, day int, days int)`.execute(tx);
  const rows = program.plan.map((row) => ({
    id: `${run}/plan/${row.id}`,
    title: row.title,
    team: row.owner,
    phase: row.phase,
    gate: row.gate,
    after: row.after,
    start: dayStart(phases.find((phase) => phase.id === row.phase)!.day + row.from, program.timezone),
    due: dayStart(phases.find((phase) => phase.id === row.phase)!.day + row.to + 1, program.timezone),
  }));
  await sql`
    insert into tasks (id, run, kind, title, team, phase, gate, plan_after, from_at, due_at, created_at)
    select id, ${run}, 'plan', title, team, phase, gate, array(select jsonb_array_elements_text(after)), start, due, ${at}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as t (id text, title text, team text, phase text, gate boolean, after jsonb, start timestamptz, due timestamptz)`.execute(
    tx,
  );
}

/** What the run may spend: budget lines, coupon pools, gift stocks; again when it goes over to another program. */
export async function insertMeans(tx: Tx, program: Program, run: string): Promise<void> {
  await sql`
    insert into budget_lines (run, line, planned)
    select ${run}, id, planned from jsonb_to_recordset(${JSON.stringify(program.budget)}::jsonb) as b (id text, planned bigint)
    on conflict (run, line) do update set planned = excluded.planned`.execute(tx);
  await sql`
    insert into coupon_pools (id, capacity)
    select id, "limit" from jsonb_to_recordset(${JSON.stringify(Object.values(program.coupons))}::jsonb) as p (id text, "limit" bigint)
    on conflict (id) do update set capacity = greatest(coupon_pools.capacity, excluded.capacity)`.execute(tx);
  await sql`
    insert into gift_stocks (gift, stock)
    select id, stock from jsonb_to_recordset(${JSON.stringify(Object.values(program.gifts))}::jsonb) as g (id text, stock bigint)
    on conflict (gift) do nothing`.execute(tx);
}

function localDayOf(at: Date, zone: string): number {
  const minute = minuteOf(at);
  return localDay(zoneAround(zone, minute), minute);
}

function dayStart(day: number, zone: string): Date {
  return timeOf(toUtc(zoneAround(zone, day * DAY), day, 0));
}
