// Made of the routes by `npm run client`; not to be edited.
import type { Subscription } from "./schemas.ts";

export interface SubscriptionsRoutes {
  /** Who is told what, and how it goes with them */
  "GET /v1/subscriptions": { query?: { limit?: number; after?: string }; answer: { items: Subscription[]; next: string | null } };
  /** Has events of these types posted to an address; the secret that signs them is shown this once */
  "POST /v1/subscriptions": { body: { id: string; url: string; /** "converted", "message.*", "*" */ types: string[]; batch?: number }; answer: { subscription: Subscription; secret: string } };
  /** One subscription */
  "GET /v1/subscriptions/{id}": { path: { id: string }; answer: Subscription };
  /** Ends it; what was not yet told is dropped */
  "DELETE /v1/subscriptions/{id}": { path: { id: string }; answer: undefined };
  /** Nothing is posted until it is resumed; what happens is kept */
  "POST /v1/subscriptions/{id}/pause": { path: { id: string }; answer: Subscription };
  /** Goes on with what was kept, at once */
  "POST /v1/subscriptions/{id}/resume": { path: { id: string }; answer: Subscription };
  /** A new secret, shown this once; the old one signs beside it for some hours */
  "POST /v1/subscriptions/{id}/rotate": { path: { id: string }; body: { graceHours?: number }; answer: { secret: string } };
  /** Posts one event of type subscription.test and says what came back */
  "POST /v1/subscriptions/{id}/test": { path: { id: string }; answer: { result: "accepted" | "failed" | "temporary"; reason: string; status?: number; retryMs?: number } };
  /** Events that the other side has not taken, oldest first */
  "GET /v1/subscriptions/{id}/dead": { path: { id: string }; query?: { limit?: number; after?: string }; answer: { items: { nr: number; /** the event's */ id: string; type: "enrolled" | "ended" | "converted" | "unconverted" | "message.accepted" | "message.rejected" | "message.unknown" | "message.withheld" | "task.created" | "task.done" | "task.overdue" | "task.closed" | "budget.spent" | "coupon.issued" | "coupon.redeemed" | "coupon.released" | "coupon.expired" | "gift.granted" | "points.granted" | "complaint.opened" | "complaint.solved" | "run.launched" | "run.paused" | "run.resumed" | "run.measuring" | "run.closed" | "run.stopped"; customerId: string | null; at: string; data: Record<string, unknown>; attempts: number; reason: string | null; httpStatus: number | null; diedAt: string }[]; next: string | null } };
  /** Offers them again: all, or those of these event ids */
  "POST /v1/subscriptions/{id}/dead/retry": { path: { id: string }; body: { ids?: string[] }; answer: { retried: number } };
}
