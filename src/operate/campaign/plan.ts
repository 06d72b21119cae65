import { DateTime } from "luxon";
import { bookedAtIssue, type Cost, couponCost, messageCost } from "../../campaign/decide/cost.ts";
import { mostMessages, mostRewards, timesOf } from "../../campaign/volume.ts";
import type { Library } from "../../campaign/library.ts";
import type { PlanRow, Program, Text, Trigger } from "../../campaign/program.ts";
import { triggerOf } from "../../campaign/trigger.ts";
import { now } from "../../store/clock.ts";
import type { Database } from "../../store/database.ts";
import { hashOf } from "../../store/document.ts";
import { loadStale, type Stale } from "../../store/freshness.ts";
import { type ListLook, lookAtLists } from "../rules/list-look.ts";
import { type Audience, audienceAt } from "./plan-audience.ts";

/** What a campaign would do if it were launched; nothing is stored. Amounts are minor units, days "YYYY-MM-DD". */
export interface CampaignPlan {
  campaign: string;
  name: Text;
  /** hash that `apply` would give it */
  program: string;
  timezone: string;
  currency: string;
  /** what starts it, or brings customers in one by one */
  trigger: Trigger;
  /** ISO time */
  launch: string;
  audience: Audience;
  lists: ListLook[];
  /** data older than `maxDataAge`: a launch is refused, unless somebody accepts it */
  stale: Stale[];
  phases: { id: string; from: string; to: string; days: number }[];
  rows: PlannedRow[];
  messages: { step: string; template: string; channels: string[]; kind: string; times: number }[];
  /** most messages that one customer can get, on whichever way through the journey */
  mostMessages: number;
  tasks: { step: string; team: string; title: string; attempts: number; most: number }[];
  gifts: PlannedGift[];
  coupons: { pool: string; limit: number; most: number }[];
  budget: { lines: { line: string; planned: number; most: number | null }[]; planned: number; ceiling: number };
}

export interface PlannedRow {
  id: string;
  phase: string;
  title: string;
  owner: string;
  from: string;
  to: string;
  after: string[];
  gate: boolean;
  doneWhen: PlanRow["doneWhen"] | null;
}

export interface PlannedGift {
  gift: string;
  line: string | null;
  unitCost: number;
  stock: number;
  perCustomer: number;
  /** what would be given if everybody earned all, within the stock */
  most: number;
}

/**
 * @param launch when it would begin, the clock's now by default; the audience is who would be in it then, by what is known
 * @param lists of rules/, to say who on them is not known
 * @param channels those that this installation can send by
 */
export async function planCampaign(
  db: Database,
  program: Program,
  channels: string[],
  launch?: Date,
  lists: Library["lists"] = {},
): Promise<CampaignPlan> {
  const start = launch ?? (await now(db));
  const audience = await audienceAt(db, program, channels, start);
  const gifts = giftsOf(program, audience.treatment);
  const coupons = couponsOf(program, audience.treatment);
  return {
    campaign: program.campaign,
    name: program.name,
    program: hashOf(program),
    timezone: program.timezone,
    currency: program.currency,
    trigger: triggerOf(program),
    launch: start.toISOString(),
    audience,
    lists: await lookAtLists(db, program, lists),
    stale: await loadStale(db, program, start),
    ...calendarOf(program, start),
    messages: messagesOf(program),
    mostMessages: mostMessages(program),
    tasks: Object.values(program.steps).flatMap((step) =>
      step.kind === "task"
        ? [{ step: step.id, team: step.team, title: step.title, attempts: step.attempts, most: audience.treatment }]
        : [],
    ),
    gifts,
    coupons,
    budget: budgetOf(program, gifts, coupons, audience.treatment),
  };
}

/** Phase after phase from the day of launch in the campaign's zone, and the plan's rows within them. */
function calendarOf(program: Program, launch: Date): Pick<CampaignPlan, "phases" | "rows"> {
  const first = DateTime.fromJSDate(launch, { zone: program.timezone }).startOf("day");
  const starts = new Map<string, DateTime>();
  let day = first;
  const phases = program.phases.map(({ id, days }) => {
    starts.set(id, day);
    const phase = { id, from: day.toISODate()!, to: day.plus({ days: days - 1 }).toISODate()!, days };
    day = day.plus({ days });
    return phase;
  });
  const rows = program.plan.map(({ id, phase, title, owner, from, to, after, gate, doneWhen }) => {
    const start = starts.get(phase)!;
    const dates = { from: start.plus({ days: from }).toISODate()!, to: start.plus({ days: to }).toISODate()! };
    return { id, phase, title, owner, ...dates, after, gate, doneWhen: doneWhen ?? null };
  });
  return { phases, rows };
}

function messagesOf(program: Program): CampaignPlan["messages"] {
  return program.code.instructions.flatMap((op) => {
    if (op.do !== "op") return [];
    const step = program.steps[op.step]!;
    if (step.kind !== "send" && step.kind !== "survey" && step.kind !== "rsvp") return [];
    return [
      { step: op.step, template: step.template, channels: step.channels, kind: step.sendKind, times: timesOf(op) },
    ];
  });
}

function giftsOf(program: Program, treatment: number): PlannedGift[] {
  return Object.values(program.gifts).map(({ id, line, unitCost, stock }) => {
    const steps = Object.values(program.steps);
    const own = steps.filter((step) => step.kind === "gift" && step.gift === id).length;
    const perCustomer = steps
      .flatMap((step) =>
        step.kind === "challengeOpen" ? step.gifts.map((reward) => ({ reward, days: step.days })) : [],
      )
      .filter(({ reward }) => reward.gift === id)
      .reduce((sum, { reward, days }) => sum + mostRewards(reward, days), own);
    return {
      gift: id,
      line: line ?? null,
      unitCost,
      stock,
      perCustomer,
      most: Math.min(stock, perCustomer * treatment),
    };
  });
}

function couponsOf(program: Program, treatment: number): CampaignPlan["coupons"] {
  return Object.values(program.coupons).map(({ id, limit }) => {
    const steps = Object.values(program.steps).filter(
      (step) => (step.kind === "send" && step.coupon === id) || (step.kind === "coupon" && step.pool === id),
    );
    return { pool: id, limit, most: Math.min(limit, treatment * steps.length) };
  });
}

/** What a line would come to without its limit: gifts, coupons, messages; null when nothing is booked on it by itself. */
function budgetOf(
  program: Program,
  gifts: PlannedGift[],
  coupons: CampaignPlan["coupons"],
  treatment: number,
): CampaignPlan["budget"] {
  const costs: Cost[] = [
    ...gifts.flatMap(({ line, most, unitCost }) => (line === null ? [] : [{ line, amount: most * unitCost }])),
    ...coupons.flatMap(({ pool, most }) => {
      const cost = couponCost(program.coupons[pool]!);
      return cost ? [{ ...cost, amount: most * cost.amount }] : [];
    }),
    ...messagesOf(program).flatMap(({ channels, times }) =>
      channels.flatMap((channel) => {
        const cost = messageCost(program, channel);
        return cost ? [{ ...cost, amount: treatment * times * cost.amount }] : [];
      }),
    ),
  ];
  const lines = program.budget.map(({ id, planned }) => {
    const own = costs.filter(({ line }) => line === id);
    return { line: id, planned, most: own.length > 0 ? own.reduce((sum, { amount }) => sum + amount, 0) : null };
  });
  const planned = lines.reduce((sum, line) => sum + line.planned, 0);
  // a line stops at its limit, but for codes that are already out when they are used
  const open = new Set(
    Object.values(program.coupons).flatMap((pool) => (bookedAtIssue(pool) ? [] : (couponCost(pool)?.line ?? []))),
  );
  const ceiling = lines.reduce(
    (sum, { line, planned: limit, most }) => sum + (open.has(line) ? Math.max(limit, most ?? 0) : limit),
    0,
  );
  return { lines, planned, ceiling };
}
