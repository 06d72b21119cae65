import { z } from "zod";
import { text, time } from "../schema.ts";

const day = z.string().meta({ description: "YYYY-MM-DD" });
const minor = z.number().int().meta({ description: "minor units of the currency" });
const count = z.number().int();
const condition = z.union([z.string(), z.looseObject({ metric: z.string() })]).nullable();

/** `campaign plan`, src/operate/campaign/plan.ts. */
export const planAnswer = z
  .object({
    campaign: z.string(),
    name: text,
    program: z.string().meta({ description: "hash that applying would give it" }),
    timezone: z.string(),
    currency: z.string(),
    trigger: z.looseObject({ kind: z.string() }),
    launch: time,
    audience: z.object({
      segment: z.string().nullable(),
      list: z.string().nullable(),
      ...{ members: count, excluded: count, enteredBefore: count, elsewhere: count, beyondLimit: count },
      ...{ enrolled: count, treatment: count, holdout: count, reachable: count },
      unreachable: z.array(z.object({ reason: z.string(), customers: count })),
    }),
    lists: z.array(z.object({ list: z.string(), customers: count, unknown: count, examples: z.array(z.string()) })),
    stale: z.array(z.looseObject({})).meta({ description: "data older than the campaign allows" }),
    phases: z.array(z.object({ id: z.string(), from: day, to: day, days: count })),
    rows: z.array(
      z.object({
        ...{ id: z.string(), phase: z.string(), title: z.string(), owner: z.string(), from: day, to: day },
        ...{ after: z.array(z.string()), gate: z.boolean(), doneWhen: condition },
      }),
    ),
    messages: z.array(
      z.object({
        ...{ step: z.string(), template: z.string(), channels: z.array(z.string()), kind: z.string(), times: count },
      }),
    ),
    mostMessages: count,
    tasks: z.array(z.object({ step: z.string(), team: z.string(), title: z.string(), attempts: count, most: count })),
    gifts: z.array(
      z.object({
        ...{ gift: z.string(), line: z.string().nullable(), unitCost: minor, stock: count },
        ...{ perCustomer: count, most: count },
      }),
    ),
    coupons: z.array(z.object({ pool: z.string(), limit: count, most: count })),
    budget: z.object({
      lines: z.array(z.object({ line: z.string(), planned: minor, most: minor.nullable() })),
      ...{ planned: minor, ceiling: minor },
    }),
  })
  .meta({ id: "CampaignPlan" });
