import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { connections } from "./pools.ts";

/** What this process counts; one registry, as a process is what Prometheus asks. docs/watching.md lists them. */
export const registry = new Registry();
collectDefaultMetrics({ register: registry });

const registers = [registry];
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const ROWS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];

/** `route` is the pattern, never the address: links in messages are keys */
export const requestSeconds = new Histogram({
  name: "rekindle_http_request_duration_seconds",
  help: "requests by route and status, from the last byte of the head to the answer",
  labelNames: ["method", "route", "status"] as const,
  buckets: [0.001, 0.0025, ...SECONDS.slice(0, 11)],
  registers,
});

export const limitedTotal = new Counter({
  name: "rekindle_http_limited_total",
  help: "requests refused because of a limit: rate (by whom), head, busy, stopping",
  labelNames: ["limit"] as const,
  registers,
});

export const eventsReceived = new Counter({
  name: "rekindle_events_received_total",
  help: "events handed to the database, by what became of them: accepted, duplicate, future, refused, failed",
  labelNames: ["status"] as const,
  registers,
});

export const eventsReacted = new Counter({
  name: "rekindle_events_reacted_total",
  help: "events that were reacted to; result error: its data was not what its type needs",
  labelNames: ["result"] as const,
  registers,
});

export const reactionLag = new Histogram({
  name: "rekindle_events_reaction_lag_seconds",
  help: "from received to reacted, in clock time",
  buckets: SECONDS,
  registers,
});

export const commitSize = new Histogram({
  name: "rekindle_events_commit_size",
  help: "events that shared one insert",
  buckets: ROWS,
  registers,
});

export const decisionsTotal = new Counter({
  name: "rekindle_decisions_total",
  help: "decisions of activities by kind of step and outcome",
  labelNames: ["kind", "outcome"] as const,
  registers,
});

export const stimuliSent = new Counter({
  name: "rekindle_stimuli_sent_total",
  help: "stimuli handed to cohorts",
  registers,
});

export const messagesTotal = new Counter({
  name: "rekindle_messages_total",
  help: "messages by channel and what became of them: accepted, rejected, unknown, withheld, held, retried",
  labelNames: ["channel", "result"] as const,
  registers,
});

export const laneErrors = new Counter({
  name: "rekindle_lane_errors_total",
  help: "batches of a lane that failed and will be tried again",
  labelNames: ["lane"] as const,
  registers,
});

export const laneSeconds = new Histogram({
  name: "rekindle_lane_batch_duration_seconds",
  help: "one batch of a lane",
  labelNames: ["lane"] as const,
  buckets: SECONDS,
  registers,
});

new Gauge({
  name: "rekindle_database_connections",
  help: "connections of this process's pools: idle, busy; waiting: requests for one",
  labelNames: ["state"] as const,
  registers,
  collect() {
    for (const [state, count] of Object.entries(connections())) this.set({ state }, count);
  },
});
