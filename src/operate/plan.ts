import { DateTime } from "luxon";
import { mostMessages, mostRewards, timesOf } from "../campaign/volume.ts";
import type { Library } from "../campaign/library.ts";
import type { Program, Text } from "../campaign/program.ts";
import { now } from "../store/clock.ts";
import type { Database } from "../store/database.ts";
import { hashOf } from "../store/document.ts";
import { type ListLook, lookAtLists } from "./list-look.ts";
import { type Audience, audienceAt } from "./plan-audience.ts";

/** What a campaign would do if it were launched; nothing is stored. Amounts are minor units, days "YYYY-MM-DD". */
export interface CampaignPlan {
  campaign: string;
  name: Text;
  /** hash that `apply` would give it */
  program: string;
  timezone: string;
  currency: string;
  /** ISO time */
  launch: string;
  audience: Audience;
  lists: ListLook[];
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
  doneWhen: string | null;
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
  return {
    campaign: program.campaign,
    name: program.name,
    program: hashOf(program),
    timezone: program.timezone,
    currency: program.currency,
    launch: start.toISOString(),
    audience,
    lists: await lookAtLists(db, program, lists),
    ...calendarOf(program, start),
    messages: messagesOf(program),
    mostMessages: mostMessages(program),
    tasks: Object.values(program.steps).flatMap((step) =>
      step.kind === "task"
        ? [{ step: step.id, team: step.team, title: step.title, attempts: step.attempts, most: audience.treatment }]
        : [],
    ),
    gifts,
    coupons: Object.values(program.coupons).map(({ id, limit }) => ({
      pool: id,
      limit,
      most: Math.min(
        limit,
        audience.treatment *
          Object.values(program.steps).filter((step) => step.kind === "send" && step.coupon === id).length,
      ),
    })),
    budget: budgetOf(program, gifts),
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
    if (step.kind !== "send" && step.kind !== "survey") return [];
    return [
      { step: op.step, template: step.template, channels: step.channels, kind: step.sendKind, times: timesOf(op) },
    ];
  });
}

function giftsOf(program: Program, treatment: number): PlannedGift[] {
  return Object.values(program.gifts).map(({ id, line, unitCost, stock }) => {
    const perCustomer = Object.values(program.steps)
      .flatMap((step) =>
        step.kind === "challengeOpen" ? step.gifts.map((reward) => ({ reward, days: step.days })) : [],
      )
      .filter(({ reward }) => reward.gift === id)
      .reduce((sum, { reward, days }) => sum + mostRewards(reward, days), 0);
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

/** The ceiling of a line is its plan, or what its gifts can come to where that is more. */
function budgetOf(program: Program, gifts: PlannedGift[]): CampaignPlan["budget"] {
  const lines = program.budget.map(({ id, planned }) => {
    const own = gifts.filter((gift) => gift.line === id);
    const most = own.length > 0 ? own.reduce((sum, gift) => sum + gift.most * gift.unitCost, 0) : null;
    return { line: id, planned, most };
  });
  const planned = lines.reduce((sum, line) => sum + line.planned, 0);
  const ceiling = lines.reduce((sum, line) => sum + Math.max(line.planned, line.most ?? 0), 0);
  return { lines, planned, ceiling };
}
