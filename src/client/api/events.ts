// Made of the routes by `npm run client`; not to be edited.
import type { CloudEvent, ProblemError } from "./schemas.ts";

export interface EventsRoutes {
  /** Takes CloudEvents (structured, batch or binary); answers when they are durable */
  "POST /v1/events": { query?: { dryRun?: "0" | "1" | "" | "false" | "true" }; body: CloudEvent | CloudEvent[]; answer: { accepted: number; duplicates: number; events: { source: string; id: string; status: "accepted" | "duplicate" }[]; /** events of the batch that were refused */ errors?: ProblemError[] } | { dryRun: true; events: { source: string; id: string; status: "accepted" | "duplicate"; /** what it did: docs/events.md */ reaction: Record<string, unknown> | null; /** the same in sentences */ says: string[] }[]; /** events of the batch that were refused */ errors?: ProblemError[] } };
  /** Events, those received last first */
  "GET /v1/events": { query?: { limit?: number; after?: string; type?: string; /** customer_id */ customer?: string; source?: string; /** received at or after */ from?: string; /** received before */ to?: string; unreacted?: "0" | "1" | "true" | "false"; /** whose data could not be worked with */ failed?: "0" | "1" | "true" | "false" }; answer: { items: { specversion: "1.0"; id: string; source: string; type: string; /** customer_id */ subject: string; time?: string; data?: Record<string, unknown>; received: string; reacted: string | null; /** what it did: docs/events.md */ reaction: Record<string, unknown> | null; [name: string]: unknown }[]; next: string | null } };
  /** One event, and what it did */
  "GET /v1/events/{source}/{id}": { path: { source: string; id: string }; answer: { specversion: "1.0"; id: string; source: string; type: string; /** customer_id */ subject: string; time?: string; data?: Record<string, unknown>; received: string; reacted: string | null; /** what it did: docs/events.md */ reaction: Record<string, unknown> | null; [name: string]: unknown } };
  /** Events as they are received, with what they did, as server-sent events */
  "GET /v1/events/tail": { query?: { type?: string; /** customer_id */ customer?: string; source?: string; since?: string }; answer: string };
}
