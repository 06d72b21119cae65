// Made of the routes by `npm run client`; not to be edited.

export interface UsersRoutes {
  /** People who sign in, by name */
  "GET /v1/users": { query?: { limit?: number; after?: string }; answer: { items: { name: string; role: "marketer" | "ops" | "sales" | "service" | "backend" | "admin"; person: string | null; team: string | null; created_at: string; password_at: string; disabled_at: string | null }[]; next: string | null } };
  /** Lets somebody sign in */
  "POST /v1/users": { body: { name: string; role: "marketer" | "ops" | "sales" | "service" | "backend" | "admin"; password: string; team?: string; person?: string }; answer: { name: string; role: "marketer" | "ops" | "sales" | "service" | "backend" | "admin"; person: string | null; team: string | null; created_at: string; password_at: string; disabled_at: string | null } };
  /** Changes role, team, person or password of a user, or disables them; most of it signs them out */
  "PATCH /v1/users/{name}": { path: { name: string }; body: { role?: "marketer" | "ops" | "sales" | "service" | "backend" | "admin"; team?: string | null; person?: string | null; password?: string; disabled?: boolean }; answer: { name: string; role: "marketer" | "ops" | "sales" | "service" | "backend" | "admin"; person: string | null; team: string | null; created_at: string; password_at: string; disabled_at: string | null; signedOut: number } };
}
