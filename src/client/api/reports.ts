// Made of the routes by `npm run client`; not to be edited.
import type { Report } from "./schemas.ts";

export interface ReportsRoutes {
  /** Targets with their verdicts, arms, budget, funnel, and why things did not happen; money in minor units */
  "GET /v1/runs/{run}/report": { path: { /** run (winback-30-1), or a campaign for its latest run */ run: string }; answer: Report };
  /** The same as one self-contained page with charts */
  "GET /v1/runs/{run}/report.html": { path: { /** run (winback-30-1), or a campaign for its latest run */ run: string }; query?: { /** as Accept-Language says when left out */ lang?: "en" | "zh-CN" }; answer: string };
}
