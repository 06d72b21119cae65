// Made of the routes by `npm run client`; not to be edited.
import type { Launched, Migrated, PlanLine, Recovered, RunLine, RunStatus } from "./schemas.ts";

export interface RunsRoutes {
  /** Launches an applied campaign: enrols its audience and starts */
  "POST /v1/campaigns/{id}/runs": { path: { id: string }; body: { /** at most so many customers */ limit?: number; /** yes to writing to real people; without it such a launch is refused with their number */ confirmed?: boolean; /** although data is older than the campaign allows; recorded */ acceptStale?: boolean; set?: Record<string, string | number | boolean> }; answer: Launched };
  /** Runs, latest first */
  "GET /v1/runs": { query?: { limit?: number; after?: string; campaign?: string; status?: "starting" | "running" | "paused" | "measuring" | "closed" | "stopped" }; answer: { items: RunLine[]; next: string | null } };
  /** Where a run stands now: live members by step, messages, tasks, backlog */
  "GET /v1/runs/{run}": { path: { /** run (winback-30-1), or a campaign for its latest run */ run: string }; answer: RunStatus };
  /** Stands still: nothing more is decided or sent until it is resumed */
  "POST /v1/runs/{run}/pause": { path: { /** run (winback-30-1), or a campaign for its latest run */ run: string }; answer: { run: string; status: "starting" | "running" | "paused" | "measuring" | "closed" | "stopped" } };
  /** Goes on after a pause */
  "POST /v1/runs/{run}/resume": { path: { /** run (winback-30-1), or a campaign for its latest run */ run: string }; answer: { run: string; status: "starting" | "running" | "paused" | "measuring" | "closed" | "stopped" } };
  /** Lets nobody in any more; those inside finish */
  "POST /v1/runs/{run}/drain": { path: { /** run (winback-30-1), or a campaign for its latest run */ run: string }; answer: { run: string; /** stood in line, and now stays out */ dropped: number; /** inside, and finishes */ live: number } };
  /** Ends a run for good; what has not left is withheld */
  "POST /v1/runs/{run}/stop": { path: { /** run (winback-30-1), or a campaign for its latest run */ run: string }; answer: { run: string; status: "starting" | "running" | "paused" | "measuring" | "closed" | "stopped" } };
  /** Takes those under way over to an edited campaign, each at the place where they stand */
  "POST /v1/runs/{run}/migrate": { path: { /** run (winback-30-1), or a campaign for its latest run */ run: string }; body: { /** program of the same campaign (its hash, or the beginning of it), or "latest" */ to?: string; /** old step -> what it is called in the new program */ renames?: Record<string, string>; /** only say who stands where, and where that is in the new program */ preview?: boolean }; answer: Migrated };
  /** Starts again what Temporal has lost of a run: everybody goes on where they stood */
  "POST /v1/runs/{run}/recover": { path: { /** run (winback-30-1), or a campaign for its latest run */ run: string }; answer: Recovered };
  /** The same for every unfinished run */
  "POST /v1/runs/recover": { answer: { items: Recovered[] } };
  /** The plan's rows, with what became of each */
  "GET /v1/runs/{run}/plan": { path: { /** run (winback-30-1), or a campaign for its latest run */ run: string }; answer: { items: PlanLine[] } };
}
