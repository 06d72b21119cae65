// Made of the routes by `npm run client`; not to be edited.
import type { Customer, CustomerGlance } from "./schemas.ts";

export interface CustomersRoutes {
  /** Customers without names and addresses, in the order of their ids */
  "GET /v1/customers": { query?: { limit?: number; after?: string; /** sales rep */ owner?: string; tier?: string; stage?: string }; answer: { items: CustomerGlance[]; next: string | null } };
  /** All that is known of one customer; of long lists the latest */
  "GET /v1/customers/{id}": { path: { id: string }; answer: Customer };
  /** A customer's scores, and why they are what they are */
  "GET /v1/customers/{id}/scores": { path: { id: string }; answer: { rfm: { recency: number; frequency: number; monetary: number; group: string } | null; churnRisk: number | null; orders30d: number | null; orders90d: number | null; orders365d: number | null; orderValue: number | null; value365d: number | null; tier: string | null; tierScores: { value: number; depth: number; interaction: number; risk: number } | null; stage: string | null; leadScore: number | null; changes: { what: "tier" | "stage"; was: string; became: string; at: string }[]; scoredAt: string; customer: string; tierName?: { en: string; "zh-CN": string }; care?: { en: string; "zh-CN": string }; stageName?: { en: string; "zh-CN": string }; stages: { name: { en: string; "zh-CN": string }; /** part by part, with what was found for each variable */ rule?: { holds: boolean; [name: string]: unknown } }[]; lead: { name: { en: string; "zh-CN": string }; points: number; /** part by part, with what was found for each variable */ rule: { holds: boolean; [name: string]: unknown } }[] } };
  /** Several customers are one: everything of the others becomes this one's, for good */
  "POST /v1/customers/{id}/merge": { path: { id: string }; body: { /** ids that reach this customer from then on */ drop: string[]; /** false: only says what would be done */ confirmed?: boolean }; answer: { kept: string; done: boolean; dropped: { customer: string; listed: string[]; [name: string]: unknown }[] } };
}
