// Made of the routes by `npm run client`; not to be edited.

export interface HealthRoutes {
  /** The process answers */
  "GET /healthz": { answer: { status: "ok" } };
  /** The parts behind it answer; 503 and their names when it can do nothing without them, or is stopping */
  "GET /readyz": { answer: { status: "ready" | "degraded" | "unavailable" | "stopping"; missing: string[] } };
  /** What this process counts, for Prometheus; where it can be asked from elsewhere, with METRICS_TOKEN or a key (ops, admin) */
  "GET /metrics": { answer: string };
}
