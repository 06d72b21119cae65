import type { Type } from "../rule/ast.ts";
import type { Scope } from "../rule/variables/scope.ts";

/** Rules can ask for values; lists and objects are there for templates: `{% for item in trigger.items %}`. */
export type FieldType = Type | "list" | "object";

/** Fields that events carry, by type: "event.amount". */
export type EventFields = Record<string, Record<string, FieldType>>;

/** The types that Rekindle itself acts on. */
const BUILT_IN: EventFields = {
  "order.paid": {
    "event.order_id": "string",
    "event.amount": "money",
    "event.currency": "string",
    "event.items": "list",
  },
  "order.refunded": { "event.order_id": "string", "event.amount": "money" },
  "order.cancelled": { "event.order_id": "string" },
  "cart.updated": { "event.cart_id": "string", "event.amount": "money", "event.items": "list" },
  check_in: { "event.step": "string" },
  "survey.answered": { "event.step": "string" },
  "rsvp.answered": { "event.step": "string", "event.answer": "string" },
  "complaint.opened": { "event.complaint_id": "string", "event.severity": "string", "event.note": "string" },
  "complaint.solved": { "event.complaint_id": "string" },
  "coupon.redeemed": { "event.code": "string", "event.order_id": "string" },
  "gift.delivered": { "event.gift": "string" },
  "consent.changed": { "event.channel": "string", "event.topic": "string", "event.granted": "boolean" },
};

/** What a rule beside `event` may ask of it. An undeclared type carries what it carries: each field takes the type of what it is compared with. */
export function eventScope(type: unknown, declared: EventFields): Scope {
  const scope: Scope = {};
  for (const [name, field] of Object.entries(fieldsOf(type, declared))) {
    if (field === "object") scope[`${name}.*`] = "any";
    else if (field !== "list") scope[name] = field;
  }
  return scope;
}

/** The same for what a template says: lists and objects too, as "any". */
export function eventShape(type: unknown, declared: EventFields): Scope {
  const fields = Object.entries(fieldsOf(type, declared));
  return Object.fromEntries(
    fields.map(([name, field]) => [name, field === "list" || field === "object" ? "any" : field]),
  );
}

function fieldsOf(type: unknown, declared: EventFields): Record<string, FieldType | "any"> {
  if (typeof type !== "string") return {};
  const known = own(BUILT_IN, type) ?? own(declared, type);
  return known ? { ...own(BUILT_IN, type), ...own(declared, type) } : { "event.*": "any" };
}

function own(fields: EventFields, type: string): EventFields[string] | undefined {
  return Object.hasOwn(fields, type) ? fields[type] : undefined;
}
