// Made of the routes by `npm run client`; not to be edited.

export interface SessionRoutes {
  /** Signs in: sets the cookie of a new session and answers who it is */
  "POST /v1/session": { body: { name: string; password: string }; answer: { name: string; role: "marketer" | "ops" | "sales" | "service" | "backend" | "admin"; kind: "key" | "session"; person: string | null; team: string | null; /** to be sent as x-rekindle-csrf with every change; null for a key */ csrf: string | null; expires: string | null } };
  /** Who asks: whose the key is, or who signed in */
  "GET /v1/session": { answer: { name: string; role: "marketer" | "ops" | "sales" | "service" | "backend" | "admin"; kind: "key" | "session"; person: string | null; team: string | null; /** to be sent as x-rekindle-csrf with every change; null for a key */ csrf: string | null; expires: string | null } };
  /** Signs out, here or everywhere */
  "DELETE /v1/session": { query?: { everywhere?: "true" | "false" }; answer: { ended: number } };
  /** Sets one's own password; every other session of the user ends */
  "PUT /v1/session/password": { body: { current: string; password: string }; answer: { name: string; role: "marketer" | "ops" | "sales" | "service" | "backend" | "admin"; kind: "key" | "session"; person: string | null; team: string | null; /** to be sent as x-rekindle-csrf with every change; null for a key */ csrf: string | null; expires: string | null } };
}
