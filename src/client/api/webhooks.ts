// Made of the routes by `npm run client`; not to be edited.
import type { WebhookCall } from "./schemas.ts";

export interface WebhooksRoutes {
  /** Calls of other systems by webhook steps and what became of them, the latest first */
  "GET /v1/webhook-calls": { query?: { limit?: number; after?: string; /** a run, or a campaign for its latest */ run?: string; status?: "pending" | "claimed" | "accepted" | "failed" | "withheld" }; answer: { items: WebhookCall[]; next: string | null } };
}
