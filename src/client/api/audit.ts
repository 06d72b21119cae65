// Made of the routes by `npm run client`; not to be edited.

export interface AuditRoutes {
  /** Who changed what, or took data out, newest first */
  "GET /v1/audit": { query?: { limit?: number; after?: string; who?: string; action?: string; since?: string }; answer: { items: { nr: number; /** by the database's clock */ at: string; wall: string; who: string; kind: "key" | "session" | "command" | "nobody"; role: string | null; door: "api" | "cli"; action: string; target: Record<string, unknown>; /** null: still under way, or cut off by a crash */ outcome: "done" | "refused" | "failed" | "denied" | null; request: string | null }[]; next: string | null } };
  /** Works out the log's chain of hashes anew: an entry that was changed or is missing shows */
  "GET /v1/audit/verification": { query?: { /** end of an earlier one, NR:HASH */ against?: string }; answer: { intact: boolean; entries: number; end: { nr: number; hash: string }; /** first entry that is not what it was */ broken: number | null } };
}
