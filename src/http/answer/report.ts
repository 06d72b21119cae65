import { z } from "zod";
import { text, time } from "../schema.ts";
import { runHead } from "./run.ts";

const count = z.number().int();
const counts = z.record(z.string(), count);
const minor = count.meta({ description: "minor units" });
const figure = z.number().nullable();

export const planLine = z
  .object({
    ...{ id: z.string(), phase: z.string(), title: z.string(), owner: z.string(), gate: z.boolean() },
    ...{ from: time.nullable(), due: time.nullable(), doneAt: time.nullable() },
    state: z.enum(["done", "done late", "late", "open", "waiting", "upcoming", "closed"]),
    waitsFor: z.array(z.string()),
    doneWhen: z.union([z.string(), z.looseObject({ metric: z.string() })]).nullable(),
  })
  .meta({ id: "PlanLine" });

const target = z.object({
  ...{ metric: z.string(), unit: z.string(), label: text, population: text, definition: text },
  ...{ atLeast: figure, atMost: figure, basis: z.enum(["actual", "planned"]).nullable() },
  ...{ numerator: z.number(), denominator: z.number(), value: figure, gap: figure },
  open: count.meta({ description: "members whose figure may still change" }),
  verdict: z.enum(["exceeded", "met", "missed", "too early"]),
  asOfNow: z.enum(["exceeded", "met", "missed"]),
});

const arm = z.object({
  ...{ enrolled: count, live: count, open: count },
  ...{ converted: count.nullable(), conversionRate: figure, revenue: minor.nullable() },
});
const difference = z.object({
  ...{ value: z.number(), low: z.number(), high: z.number() },
  reading: z.enum(["more", "fewer", "no difference shown", "too few", "too early"]),
});

const messages = z.object({
  total: count,
  byChannel: z.array(z.object({ channel: z.string(), kind: z.string(), status: z.string(), messages: count })),
  reasons: z.array(z.object({ channel: z.string(), status: z.string(), reason: z.string(), messages: count })),
  reactions: z.object({ open: count, click: count, unsubscribe: count }),
});

const rewards = z.object({
  gifts: z.array(
    z.object({
      ...{ gift: z.string(), name: text.nullable(), granted: count, delivered: count },
      ...{ outOfStock: count, budgetSpent: count, cost: minor },
    }),
  ),
  coupons: z.array(
    z.object({
      ...{ pool: z.string(), name: text.nullable(), codes: count, reserved: count, issued: count },
      ...{ redeemed: count, released: count, expired: count },
    }),
  ),
  points: z.object({ members: count, points: count }),
});

const calls = z.object({
  steps: z.array(
    z.object({
      ...{ step: z.string(), title: z.string(), team: z.string(), total: count, open: count, done: count },
      ...{ connected: count, overdue: count, closed: count, attempts: count, outcomes: counts },
    }),
  ),
  others: z.array(z.object({ kind: z.string(), open: count, done: count, overdue: count, closed: count })),
});

const survey = z.object({
  ...{ step: z.string(), sent: count, answered: count },
  questions: z.array(
    z.object({
      ...{ id: z.string(), label: text.nullable(), scale: count.nullable(), answers: count, sum: z.number() },
      ratings: z.array(count),
    }),
  ),
});

const money = { planned: minor, committed: minor, recorded: minor, actual: minor, left: minor };

/** `campaign report`, src/report/load.ts: figures alone, nobody's name or words. */
export const reportAnswer = z
  .object({
    head: runHead,
    targets: z.array(target),
    arms: z.object({ treatment: arm, holdout: arm, difference: difference.nullable() }),
    funnel: z.array(
      z.object({
        ...{ step: z.string(), kind: z.string(), root: z.string() },
        ...{ entered: count, decisions: count, outcomes: counts },
      }),
    ),
    reasons: z.array(
      z.object({ step: z.string(), outcome: z.string(), reason: z.string(), decisions: count, members: count }),
    ),
    messages,
    daily: z.array(z.object({ day: z.string(), checkIns: count, members: count, soFar: count, conversions: count })),
    rewards,
    calls,
    surveys: z.array(survey),
    plan: z.array(planLine),
    budget: z.object({
      lines: z.array(z.object({ line: z.string(), ...money })),
      total: z.object(money),
      participants: count,
    }),
  })
  .meta({ id: "Report" });
