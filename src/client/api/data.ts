// Made of the routes by `npm run client`; not to be edited.

export interface DataRoutes {
  /** How much data there is, how old it is, and what is missing in it */
  "GET /v1/data/status": { answer: { now: string; customers: number; orders: number; orderItems: number; events: number; unreacted: number; openComplaints: number; suppressed: number; withoutConsent: number; unreachable: number; merged: number; consents: { channel: string; customers: number }[]; lastOrderAt: string | null; lastEventAt: string | null; scoredAt: string | null; sources: { source: string; rows: number; updatedAt: string; ageDays: number }[]; [name: string]: unknown } };
  /** Customers who share an address, by their ids; those with the most customers first, a thousand at most */
  "GET /v1/data/duplicates": { answer: { items: { kind: "email" | "phone" | "wecom"; customers: string[] }[] } };
  /** What the server stands on, what is missing, and how to mend it */
  "GET /v1/doctor": { answer: { items: { what: string; ok: boolean; detail: { en: string; "zh-CN": string }; hint?: { en: string; "zh-CN": string } }[] } };
}
