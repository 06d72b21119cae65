// Made of the routes by `npm run client`; not to be edited.
import type { Message } from "./schemas.ts";

export interface MessagesRoutes {
  /** Messages of a run or to a customer, and what became of them, the latest first */
  "GET /v1/messages": { query?: { limit?: number; after?: string; /** a run, or a campaign for its latest */ run?: string; customer?: string; status?: "pending" | "claimed" | "sending" | "accepted" | "rejected" | "unknown" | "withheld" }; answer: { items: Message[]; next: string | null } };
  /** One message: why it was decided, what became of it, what its reader did */
  "GET /v1/messages/{id}": { path: { id: string }; answer: { id: string; customerId: string; step: string; occurrence: number; channel: string; kind: string; status: "pending" | "claimed" | "sending" | "accepted" | "rejected" | "unknown" | "withheld"; reason: string | null; /** of the channel's server; hidden from sales and service */ response: string | null; attempts: number; createdAt: string; notBefore: string; committedAt: string | null; acceptedAt: string | null; run: string; template: string; topic: string; locale: string; validUntil: string | null; decisions: { attempt: number; outcome: string; reasons: string[]; at: string }[]; acts: { kind: "open" | "click" | "unsubscribe"; at: string }[] } };
  /** Says what became of a message of which nobody knows ("unknown"); its coupon follows */
  "POST /v1/messages/{id}/settle": { path: { id: string }; body: { result: "accepted" | "rejected" }; answer: { id: string; status: "accepted" | "rejected" } };
}
