import type { Scope } from "../rule/variables/scope.ts";

/** Fields of the event types that Rekindle itself acts on, as rules may ask for them. */
const FIELDS: Record<string, Scope> = {
  "order.paid": { "event.order_id": "string", "event.amount": "money", "event.currency": "string" },
  "order.refunded": { "event.order_id": "string", "event.amount": "money" },
  "order.cancelled": { "event.order_id": "string" },
  "cart.updated": { "event.cart_id": "string", "event.amount": "money" },
  check_in: { "event.step": "string" },
  "survey.answered": { "event.step": "string" },
  "complaint.opened": { "event.complaint_id": "string", "event.severity": "string" },
  "complaint.solved": { "event.complaint_id": "string" },
  "coupon.redeemed": { "event.code": "string", "event.order_id": "string" },
  "gift.delivered": { "event.gift": "string" },
  "consent.changed": { "event.channel": "string", "event.topic": "string", "event.granted": "boolean" },
};

/** A home's own types carry what they carry: their fields take the type of what they are compared with. */
export function eventScope(type: unknown): Scope {
  return typeof type === "string" && Object.hasOwn(FIELDS, type) ? FIELDS[type]! : { "event.*": "any" };
}
