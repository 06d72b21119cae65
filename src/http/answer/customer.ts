import { z } from "zod";
import { CONTACT_KINDS } from "../../store/contact.ts";
import { MESSAGE_STATUSES } from "../../operate/message.ts";
import { text, time } from "../schema.ts";
import { complaint, task } from "./task.ts";

const minor = z.number().int().meta({ description: "minor units of the home's currency" });

export const message = z
  .object({
    id: z.string(),
    customerId: z.string(),
    step: z.string(),
    occurrence: z.number().int(),
    channel: z.string(),
    kind: z.string(),
    status: z.enum(MESSAGE_STATUSES),
    reason: z.string().nullable(),
    response: z.string().nullable().meta({ description: "of the channel's server; hidden from sales and service" }),
    attempts: z.number().int(),
    createdAt: time,
    notBefore: time,
    committedAt: time.nullable(),
    acceptedAt: time.nullable(),
  })
  .meta({ id: "Message" });

export const scores = z
  .object({
    rfm: z.object({ recency: z.number(), frequency: z.number(), monetary: z.number(), group: z.string() }).nullable(),
    churnRisk: z.number().nullable(),
    orders30d: z.number().nullable(),
    orders90d: z.number().nullable(),
    orders365d: z.number().nullable(),
    orderValue: minor.nullable(),
    value365d: minor.nullable(),
    tier: z.string().nullable(),
    tierScores: z
      .object({ value: z.number(), depth: z.number(), interaction: z.number(), risk: z.number() })
      .nullable(),
    stage: z.string().nullable(),
    leadScore: z.number().nullable(),
    changes: z.array(z.object({ what: z.enum(["tier", "stage"]), was: z.string(), became: z.string(), at: time })),
    scoredAt: time,
  })
  .meta({ description: "null: cannot be said" });

export const glance = z
  .object({
    customerId: z.string(),
    owner: z.string().nullable().meta({ description: "sales rep" }),
    tier: z.string().nullable(),
    stage: z.string().nullable(),
    spent: minor,
    lastOrder: time.nullable(),
    openTasks: z.number().int(),
    openComplaints: z.number().int(),
  })
  .meta({ id: "CustomerGlance" });

export const customer = z
  .object({
    customerId: z.string(),
    formerly: z.array(z.string()).meta({ description: "ids of customers who were merged into this one" }),
    locale: z.string().nullable(),
    timezone: z.string().nullable(),
    owner: z.string().nullable().meta({ description: "sales rep" }),
    created: time,
    traits: z.record(z.string(), z.unknown()),
    contacts: z.array(
      z.object({
        kind: z.enum(CONTACT_KINDS),
        role: z.string(),
        value: z.string(),
        suppressed: z.array(z.string()).meta({ description: "channels on which it is never written to" }),
      }),
    ),
    masked: z.boolean().meta({ description: "contacts are masked, as for sales and service" }),
    consents: z.array(
      z.object({ channel: z.string(), topic: z.string(), granted: z.boolean(), source: z.string(), at: time }),
    ),
    scores: scores.nullable(),
    segments: z.array(z.object({ id: z.string(), name: text })),
    enrolments: z.array(
      z.object({
        run: z.string(),
        campaign: z.string(),
        key: z.string(),
        arm: z.enum(["treatment", "holdout"]),
        status: z.enum(["live", "ended", "measured"]),
        endedReason: z.string().nullable(),
        entered: time,
        ended: time.nullable(),
        step: z.string().nullable().meta({ description: "root step of the journey where they stand" }),
        waits: z.array(z.object({ step: z.string(), kind: z.string(), until: time.nullable() })),
      }),
    ),
    tasks: z.array(task),
    complaints: z.array(complaint),
    orders: z.object({
      count: z.number().int(),
      spent: minor,
      first: time.nullable(),
      last: time.nullable(),
      latest: z.array(
        z.object({
          orderId: z.string(),
          paidAt: time,
          amount: minor,
          refunded: minor,
          currency: z.string(),
          status: z.string(),
        }),
      ),
    }),
    points: z.number().int(),
    gifts: z.array(z.object({ gift: z.string(), run: z.string(), status: z.string(), granted: time })),
    coupons: z.array(z.object({ pool: z.string(), run: z.string(), status: z.string(), expires: time })),
    events: z.array(z.object({ source: z.string(), id: z.string(), type: z.string(), occurred: time })),
    messages: z.array(message),
  })
  .meta({ id: "Customer" });
