import type { Scope } from "../rule/variables/scope.ts";

/** Fields that events carry, by type: variables of rules, "event.amount". */
export type EventFields = Record<string, Scope>;

/** The types that Rekindle itself acts on. */
const BUILT_IN: EventFields = {
  "order.paid": { "event.order_id": "string", "event.amount": "money", "event.currency": "string" },
  "order.refunded": { "event.order_id": "string", "event.amount": "money" },
  "order.cancelled": { "event.order_id": "string" },
  "cart.updated": { "event.cart_id": "string", "event.amount": "money" },
  check_in: { "event.step": "string" },
  "survey.answered": { "event.step": "string" },
  "complaint.opened": { "event.complaint_id": "string", "event.severity": "string", "event.note": "string" },
  "complaint.solved": { "event.complaint_id": "string" },
  "coupon.redeemed": { "event.code": "string", "event.order_id": "string" },
  "gift.delivered": { "event.gift": "string" },
  "consent.changed": { "event.channel": "string", "event.topic": "string", "event.granted": "boolean" },
};

/** What a rule beside `event` may ask of it. An undeclared type carries what it carries: each field takes the type of what it is compared with. */
export function eventScope(type: unknown, declared: EventFields): Scope {
  if (typeof type !== "string") return {};
  const fields = { ...own(BUILT_IN, type), ...own(declared, type) };
  return own(BUILT_IN, type) || own(declared, type) ? fields : { "event.*": "any" };
}

function own(fields: EventFields, type: string): Scope | undefined {
  return Object.hasOwn(fields, type) ? fields[type] : undefined;
}
