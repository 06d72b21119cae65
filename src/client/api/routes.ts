// Made of the routes by `npm run client`; not to be edited.
import type { EventsRoutes } from "./events.ts";
import type { TrackingRoutes } from "./tracking.ts";
import type { CampaignsRoutes } from "./campaigns.ts";
import type { RunsRoutes } from "./runs.ts";
import type { SchedulesRoutes } from "./schedules.ts";
import type { BudgetRoutes } from "./budget.ts";
import type { ReportsRoutes } from "./reports.ts";
import type { TasksRoutes } from "./tasks.ts";
import type { ComplaintsRoutes } from "./complaints.ts";
import type { KeysRoutes } from "./keys.ts";
import type { CustomersRoutes } from "./customers.ts";
import type { SegmentsRoutes } from "./segments.ts";
import type { RulesRoutes } from "./rules.ts";
import type { TemplatesRoutes } from "./templates.ts";
import type { DataRoutes } from "./data.ts";
import type { ScoresRoutes } from "./scores.ts";
import type { ImportsRoutes } from "./imports.ts";
import type { MessagesRoutes } from "./messages.ts";
import type { WebhooksRoutes } from "./webhooks.ts";
import type { SubscriptionsRoutes } from "./subscriptions.ts";
import type { SessionRoutes } from "./session.ts";
import type { UsersRoutes } from "./users.ts";
import type { AuditRoutes } from "./audit.ts";
import type { HealthRoutes } from "./health.ts";

/** Every address of the API: what it takes and what it answers. */
export interface Routes extends EventsRoutes, TrackingRoutes, CampaignsRoutes, RunsRoutes, SchedulesRoutes, BudgetRoutes, ReportsRoutes, TasksRoutes, ComplaintsRoutes, KeysRoutes, CustomersRoutes, SegmentsRoutes, RulesRoutes, TemplatesRoutes, DataRoutes, ScoresRoutes, ImportsRoutes, MessagesRoutes, WebhooksRoutes, SubscriptionsRoutes, SessionRoutes, UsersRoutes, AuditRoutes, HealthRoutes {}

/** Those that do what they are asked once, however often it is asked under the same Idempotency-Key. */
export const KEYED: ReadonlySet<string> = new Set([
  "POST /v1/events/replay",
  "POST /v1/campaigns/{id}/approve",
  "POST /v1/campaigns/{id}/runs",
  "POST /v1/campaigns/{id}/schedule/pause",
  "POST /v1/campaigns/{id}/schedule/resume",
  "POST /v1/runs/{run}/pause",
  "POST /v1/runs/{run}/resume",
  "POST /v1/runs/{run}/drain",
  "POST /v1/runs/{run}/stop",
  "POST /v1/runs/{run}/budget/{line}",
  "POST /v1/runs/{run}/migrate",
  "POST /v1/runs/{run}/recover",
  "POST /v1/runs/recover",
  "POST /v1/tasks/{id}/done",
  "POST /v1/complaints",
  "POST /v1/complaints/{id}/solve",
  "POST /v1/customers/{id}/merge",
  "POST /v1/segments/{id}/diff",
  "POST /v1/segments/diff",
  "POST /v1/scores",
  "POST /v1/messages/{id}/settle",
  "POST /v1/subscriptions/{id}/pause",
  "POST /v1/subscriptions/{id}/resume",
  "POST /v1/subscriptions/{id}/test",
  "POST /v1/subscriptions/{id}/dead/retry",
]);

/** Those that take a file. */
export const FILED: ReadonlySet<string> = new Set([
  "POST /v1/imports/customers",
  "POST /v1/imports/orders",
  "POST /v1/imports/order-items",
  "POST /v1/imports/events",
]);
