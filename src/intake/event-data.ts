import { z } from "zod";
import { read } from "../campaign/definition/faults.ts";
import { type Fault, error } from "../fault.ts";
import { EventError } from "./batch.ts";
import { postedAmount } from "./money.ts";

const id = z.string().min(1).max(256);
const amount = z.union([z.number(), z.string()]);
/** of one enrolment's step; our own pages fill these in, other posters may leave them out */
const place = { enrolment: z.number().int().positive().optional(), step: id.optional() };

const item = z.looseObject({
  sku: z.string().optional(),
  category: z.string().optional(),
  qty: z.number().positive().optional(),
  price: amount.optional(),
});

/** Fields that act, by event type; others may be there and are kept for rules. docs/events.md describes them. */
export const ACTING = {
  "order.paid": z.looseObject({
    order_id: id,
    amount,
    currency: z.string().optional(),
    items: z.array(item).max(1000).optional(),
  }),
  "order.refunded": z.looseObject({ order_id: id, amount: amount.optional() }),
  "order.cancelled": z.looseObject({ order_id: id }),
  check_in: z.looseObject({ ...place, day: z.number().int().positive().optional() }),
  "survey.answered": z.looseObject({
    ...place,
    answers: z.record(id, z.union([z.number(), z.string().max(10_000)])),
  }),
  "rsvp.answered": z.looseObject({ ...place, answer: z.enum(["yes", "no", "maybe"]) }),
  "complaint.opened": z.looseObject({
    complaint_id: id.optional(),
    severity: z.enum(["low", "medium", "high"]).optional(),
    note: z.string().max(10_000).optional(),
  }),
  "complaint.solved": z.looseObject({ complaint_id: id.optional() }),
  "consent.changed": z.looseObject({
    channel: z.string().min(1).max(64),
    topic: z.string().min(1).max(64).optional(),
    granted: z.boolean(),
  }),
  "coupon.redeemed": z.looseObject({ code: id, order_id: id.optional() }),
  // identity-data.ts reads these closer
  "customer.identified": z.looseObject({
    traits: z.looseObject({}).optional(),
    // by kind; the kinds alone once the addresses are where they belong
    contacts: z.union([z.looseObject({}), z.array(z.string())]).optional(),
    locale: z.string().optional(),
    timezone: z.string().optional(),
    anonymous_id: id.optional(),
  }),
  "customer.linked": z.looseObject({ anonymous_id: id }),
};
export type ActingType = keyof typeof ACTING;
export type DataOf<T extends ActingType> = z.infer<(typeof ACTING)[T]>;

const AMOUNTS: Partial<Record<string, true>> = { "order.paid": true, "order.refunded": true };

export function isActing(type: string): type is ActingType {
  return Object.hasOwn(ACTING, type);
}

/** Faults of an acting type's data, by pointers into it; types that nothing knows carry what they like. `currency` is the home's. */
export function checkData(type: string, data: Record<string, unknown>, currency: string): Fault[] {
  if (!isActing(type)) return [];
  const { faults } = read<unknown>(ACTING[type], data);
  if (faults.length > 0) return faults;
  return AMOUNTS[type]
    ? moneyFaults(
        data as { amount?: unknown; currency?: string; items?: { price?: unknown }[] },
        currency,
        type === "order.paid",
      )
    : [];
}

function moneyFaults(
  data: { amount?: unknown; currency?: string; items?: { price?: unknown }[] },
  currency: string,
  typed: boolean,
): Fault[] {
  const faults: Fault[] = [];
  if (data.currency !== undefined && data.currency !== currency) {
    const message = {
      en: `the currency here is ${currency}; convert first`,
      "zh-CN": `本系统币种为 ${currency}，请先换算`,
    };
    faults.push(error("/currency", message));
  }
  // only of types whose schema knows them is it said what items are
  const items = typed ? (data.items ?? []) : [];
  const amounts = [["/amount", data.amount], ...items.map((row, i) => [`/items/${i}/price`, row.price])];
  for (const [at, value] of amounts as [string, unknown][]) {
    const minor = value === undefined ? 0 : postedAmount(value, currency);
    if (minor !== undefined && minor >= 0) continue;
    const message = { en: `not an amount in ${currency}`, "zh-CN": `不是有效的 ${currency} 金额` };
    faults.push(error(at, message, { en: "major units, as in 129.50", "zh-CN": "以元为单位，如 129.50" }));
  }
  return faults;
}

/** The data of an event that is being reacted to. @throws EventError when it is not what its type needs */
export function dataOf<T extends ActingType>(
  type: T,
  event: { data: Record<string, unknown> },
  currency: string,
): DataOf<T> {
  if (checkData(type, event.data, currency).length > 0) throw new EventError("bad-data");
  return event.data as DataOf<T>;
}
