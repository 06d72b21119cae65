// Made of the routes by `npm run client`; not to be edited.

export interface KeysRoutes {
  /** API keys, oldest first; the keys themselves are not kept */
  "GET /v1/keys": { query?: { limit?: number; after?: string }; answer: { items: { name: string; role: "marketer" | "ops" | "sales" | "service" | "backend" | "admin"; person: string | null; team: string | null; public: boolean; types: string[] | null; created_at: string; expires_at: string | null; revoked_at: string | null; last_used_on: string | null }[]; next: string | null } };
  /** Makes a key; it is answered this once */
  "POST /v1/keys": { body: { name: string; role: "marketer" | "ops" | "sales" | "service" | "backend" | "admin"; days?: number; team?: string; person?: string; public?: boolean; types?: string[]; perSecond?: number }; answer: { /** shown this once */ key: string; name: string; role: "marketer" | "ops" | "sales" | "service" | "backend" | "admin" } };
  /** Makes a new key in place of the one of that name, which goes on working for a while */
  "POST /v1/keys/{name}/rotate": { path: { name: string }; body: { graceHours?: number }; answer: { /** shown this once */ key: string; name: string; role: "marketer" | "ops" | "sales" | "service" | "backend" | "admin"; /** how long the old one works */ until: string } };
  /** Stops the keys of a name from working, within seconds */
  "DELETE /v1/keys/{name}": { path: { name: string }; answer: { name: string; revoked: number } };
}
