// Made of the routes by `npm run client`; not to be edited.
import type { Complaint } from "./schemas.ts";

export interface ComplaintsRoutes {
  /** Complaints, the longest waiting first; while one is open its customer gets no promotions */
  "GET /v1/complaints": { query?: { limit?: number; after?: string; customer?: string; status?: "open" | "solved" | "all" }; answer: { items: Complaint[]; next: string | null } };
  /** Records a complaint that was heard in person; promotions to the customer are held until it is solved */
  "POST /v1/complaints": { body: { customerId: string; severity?: "low" | "medium" | "high"; note?: string }; answer: { id: string; customerId: string; severity: "low" | "medium" | "high" } };
  /** A complaint is mended: its task is done, and what was held for it is sent if it is still time */
  "POST /v1/complaints/{id}/solve": { path: { id: string }; answer: { id: string; /** false: it was solved before */ solved: boolean } };
}
